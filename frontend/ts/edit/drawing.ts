/** Draws one new shape by pointer; Enter or the last corner finishes it, Backspace takes the last corner back. */

import { SNAP_PX } from "./geoman.ts";
import { normalised, type Kind, type Shape } from "./shapes.ts";

const TOOLS = { Point: "Marker", LineString: "Line", MultiPolygon: "Polygon" } as const;

/** What of the library's drawing tools is not in its types. */
interface Tool {
  _finishShape?(): void;
  _removeLastVertex?(): void;
}

export class Drawing {
  private tool: "Marker" | "Line" | "Polygon" | null = null;

  constructor(
    private readonly map: L.Map,
    onDrawn: (shape: Shape) => void,
  ) {
    map.on("pm:create", ({ layer }) => {
      if (!this.tool) return;
      const { geometry } = (layer as L.Polygon).toGeoJSON(7) as GeoJSON.Feature<Shape>;
      layer.remove();
      this.stop();
      onDrawn(normalised(geometry));
    });
  }

  get active(): boolean {
    return this.tool !== null;
  }

  start(kind: Kind, snapping: boolean): void {
    this.stop();
    this.tool = TOOLS[kind];
    const line = { className: "edit-shape", weight: 3 };
    this.map.pm.enableDraw(this.tool, {
      snappable: snapping && kind !== "Point",
      snapDistance: SNAP_PX,
      allowSelfIntersection: false,
      continueDrawing: false,
      tooltips: false,
      cursorMarker: true,
      templineStyle: line,
      hintlineStyle: { ...line, dashArray: "4 6" },
      markerStyle: { icon: L.divIcon({ className: "edit-point", iconSize: [26, 26], iconAnchor: [13, 13] }) },
    });
  }

  finish(): void {
    this.current?._finishShape?.();
  }

  takeBack(): void {
    this.current?._removeLastVertex?.();
  }

  stop(): void {
    if (this.tool) this.map.pm.disableDraw();
    this.tool = null;
  }

  private get current(): Tool | undefined {
    return this.tool ? (this.map.pm.Draw as unknown as Record<string, Tool>)[this.tool] : undefined;
  }
}
