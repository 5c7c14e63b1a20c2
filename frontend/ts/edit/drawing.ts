/** Draws one new shape by pointer; Enter or the last corner finishes it, Backspace takes the last corner back. */

import { announce } from "../dom.ts";
import { say } from "../words.ts";
import { SNAP_PX } from "./geoman.ts";
import { normalised, starter, type Shape } from "./shapes.ts";
import type { Target } from "./target.ts";
import type { Workbench } from "./workbench.ts";

const TOOLS = { Point: "Marker", LineString: "Line", MultiPolygon: "Polygon" } as const;

/** What of the library's drawing tools is not in its types. */
interface Tool {
  _finishShape?(): void;
  _removeLastVertex?(): void;
}

export class Drawing {
  private tool: "Marker" | "Line" | "Polygon" | null = null;
  private target: Target | null = null;
  private readonly map: L.Map;

  constructor(private readonly bench: Workbench, onDrawn: (shape: Shape) => void) {
    this.map = bench.map;
    this.map.on("pm:create", ({ layer }) => {
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

  start(target: Target): void {
    this.stop();
    const { kind } = target;
    this.target = target;
    this.tool = TOOLS[kind];
    this.showNeighbours();
    const line = { className: "edit-shape", weight: 3 };
    this.map.pm.enableDraw(this.tool, {
      snappable: kind !== "Point",
      snapDistance: SNAP_PX,
      allowSelfIntersection: false,
      continueDrawing: false,
      tooltips: false,
      cursorMarker: true,
      templineStyle: line,
      hintlineStyle: { ...line, dashArray: "4 6" },
      markerStyle: { icon: L.divIcon({ className: "edit-point", iconSize: [26, 26], iconAnchor: [13, 13] }) },
    });
    this.map.getContainer().focus({ preventScroll: true });
    announce(say("edit.drawingStarted"));
  }

  /** A shape to begin with, without drawing: in the middle of the map, an eighth of it high. */
  starter({ kind }: Target): Shape {
    const { lat, lng } = this.map.getCenter();
    return starter(kind, [lng, lat], Math.abs(this.map.getBounds().getNorth() - lat) / 8);
  }

  toggleSnapping(): void {
    if (!this.tool || this.target?.kind === "Point") return;
    this.bench.toggleSnapping();
    this.showNeighbours();
  }

  finish(): void {
    this.current?._finishShape?.();
  }

  takeBack(): void {
    this.current?._removeLastVertex?.();
  }

  stop(): void {
    if (!this.tool) return;
    this.map.pm.disableDraw();
    this.bench.neighbours.hide();
    this.tool = null;
  }

  private showNeighbours(): void {
    if (this.target && this.target.kind !== "Point") this.bench.neighbours.show(this.target.collection, null, this.bench.snapping);
  }

  private get current(): Tool | undefined {
    return this.tool ? (this.map.pm.Draw as unknown as Record<string, Tool>)[this.tool] : undefined;
  }
}
