/** The map of a scenario: shows its steps, and draws new ones by pointer or in the middle for the keyboard. */

import { hectareAround, pointAt, shapeOf, type Area, type Operation, type Step } from "./operations.ts";
import { readyForEditing } from "../edit/geoman.ts";

export type Tool = "draw" | "drawPrivate" | "erase" | "plant" | "open";

const COLOURS: Record<Operation["op"], string> = { draw: "#1c6b33", erase: "#a11d1d", remove: "#a11d1d", convert: "#6a3d9a", plant: "#1c6b33", open: "#b35900" };

export class StepsOnMap {
  private readonly layer = L.featureGroup();

  constructor(map: L.Map) {
    this.layer.addTo(map);
  }

  show(steps: readonly Step[]): void {
    this.layer.clearLayers();
    for (const step of steps) {
      const shape = shapeOf(step);
      if (shape) this.layer.addLayer(drawn(shape, step.operation));
    }
  }

  fit(map: L.Map): void {
    const bounds = this.layer.getBounds();
    if (bounds.isValid()) map.fitBounds(bounds, { padding: [30, 30], maxZoom: 16, animate: false });
  }
}

function drawn(shape: GeoJSON.Geometry, operation: Operation): L.GeoJSON {
  const color = COLOURS[operation.op];
  const isPrivate = operation.op === "draw" && operation.access !== "public";
  const gone = operation.op === "erase" || operation.op === "remove";
  return L.geoJSON(shape, {
    interactive: false,
    style: { color, weight: 3, fillColor: color, fillOpacity: isPrivate ? 0.12 : 0.3, ...(gone || isPrivate ? { dashArray: "6 5" } : {}) },
    pointToLayer: (_feature, latlng) => L.circleMarker(latlng, { interactive: false, radius: operation.op === "open" ? 8 : 5, color: "#fff", weight: 2, fillColor: color, fillOpacity: 1 }),
  } as L.GeoJSONOptions);
}

/** One tool at a time; trees and entrances go on until the tool is put away. */
export class DrawingBoard {
  tool: Tool | null = null;

  constructor(private readonly map: L.Map, private readonly onDrawn: (operation: Operation) => void) {
    readyForEditing(map);
    map.on("pm:create", ({ layer }) => {
      if (!this.tool) return;
      const { geometry } = (layer as L.Polygon).toGeoJSON(7) as GeoJSON.Feature<Area>;
      layer.remove();
      this.onDrawn(areaOperation(this.tool, geometry));
    });
    map.on("click", ({ latlng }) => {
      if (this.tool === "plant" || this.tool === "open") this.onDrawn(pointOperation(this.tool, latlng));
    });
  }

  take(tool: Tool | null): void {
    this.map.pm.disableDraw();
    this.tool = tool;
    this.map.getContainer().classList.toggle("placing", tool === "plant" || tool === "open");
    if (tool === null || tool === "plant" || tool === "open") return;
    const line = { weight: 3, color: COLOURS[tool === "erase" ? "erase" : "draw"] };
    this.map.pm.enableDraw("Polygon", { tooltips: false, allowSelfIntersection: false, continueDrawing: false, templineStyle: line, hintlineStyle: { ...line, dashArray: "4 6" } });
  }

  /** Without a pointer: the tool's shape in the middle of what the map shows. */
  placeInMiddle(): void {
    if (!this.tool) return;
    const middle = this.map.getCenter();
    const operation = this.tool === "plant" || this.tool === "open" ? pointOperation(this.tool, middle) : areaOperation(this.tool, hectareAround(middle.lng, middle.lat));
    this.onDrawn(operation);
  }
}

function areaOperation(tool: Tool, geometry: Area): Operation {
  return tool === "erase" ? { op: "erase", geometry } : { op: "draw", geometry, access: tool === "draw" ? "public" : "private" };
}

const pointOperation = (op: "plant" | "open", { lng, lat }: L.LatLng): Operation => ({ op, geometry: pointAt(lng, lat) });
