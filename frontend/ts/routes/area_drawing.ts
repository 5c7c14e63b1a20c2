/** An area drawn on the map, corner by corner, or taken from what the map shows; the form's polygon. */

import { announce, element } from "../dom.ts";
import { say } from "../words.ts";

const LINE: L.PolylineOptions = { color: "#0b3d91", weight: 3, fillOpacity: 0.08, interactive: false };

export class AreaDrawing {
  readonly root = element("div", { class: "area-drawing" });
  private corners: L.LatLng[] = [];
  private drawing = false;
  private readonly shape: L.FeatureGroup;

  constructor(private readonly map: L.Map) {
    this.shape = L.featureGroup().addTo(map);
    map.on("click", this.clicked);
    map.getContainer().addEventListener("keydown", this.pressed);
    this.redraw();
  }

  /** The polygon, closed, in degrees; null for none. */
  get area(): GeoJSON.Polygon | null {
    if (this.drawing || this.corners.length < 3) return null;
    const ring = this.corners.map(({ lng, lat }) => [Number(lng.toFixed(6)), Number(lat.toFixed(6))]);
    return { type: "Polygon", coordinates: [[...ring, ring[0] as number[]]] };
  }

  leave(): void {
    this.shape.remove();
    this.map.off("click", this.clicked);
    this.map.getContainer().removeEventListener("keydown", this.pressed);
    this.setDrawing(false);
  }

  private readonly clicked = ({ latlng }: L.LeafletMouseEvent): void => {
    if (!this.drawing) return;
    const [first] = this.corners;
    const closes = first && this.corners.length >= 3 && this.map.latLngToContainerPoint(first).distanceTo(this.map.latLngToContainerPoint(latlng)) < 14;
    if (closes) return this.finish();
    this.corners.push(latlng);
    this.redraw();
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    if (!this.drawing || (event.key !== "Enter" && event.key !== "Backspace")) return;
    event.preventDefault();
    if (event.key === "Enter") this.finish();
    else this.takeBack();
  };

  private begin(): void {
    this.corners = [];
    this.setDrawing(true);
    this.redraw();
    this.map.getContainer().focus({ preventScroll: true });
    announce(say("routes.area.drawing"));
  }

  private finish(): void {
    if (this.corners.length < 3) return announce(say("routes.area.tooFew"));
    this.setDrawing(false);
    this.redraw();
    announce(say("routes.area.done"));
  }

  private takeBack(): void {
    this.corners.pop();
    this.redraw();
  }

  private takeView(): void {
    const bounds = this.map.getBounds();
    this.corners = [bounds.getSouthWest(), bounds.getSouthEast(), bounds.getNorthEast(), bounds.getNorthWest()];
    this.setDrawing(false);
    this.redraw();
    announce(say("routes.area.done"));
  }

  private clear(): void {
    this.corners = [];
    this.setDrawing(false);
    this.redraw();
    announce(say("routes.area.none"));
  }

  private setDrawing(on: boolean): void {
    this.drawing = on;
    this.map.getContainer().classList.toggle("drawing-area", on);
    this.map.doubleClickZoom[on ? "disable" : "enable"]();
  }

  private redraw(): void {
    this.shape.clearLayers();
    const outline = this.drawing ? L.polyline(this.corners, { ...LINE, dashArray: "6 6" }) : L.polygon(this.corners, LINE);
    outline.addTo(this.shape);
    if (this.drawing) for (const corner of this.corners) L.circleMarker(corner, { ...LINE, radius: 6, fillColor: "#fff", fillOpacity: 1 }).addTo(this.shape);
    const tools = this.drawing
      ? [this.tool("routes.area.finish", () => this.finish()), this.tool("routes.area.takeBack", () => this.takeBack()), this.tool("routes.area.clear", () => this.clear())]
      : [
          this.tool("routes.area.draw", () => this.begin()),
          this.tool("routes.area.view", () => this.takeView()),
          ...(this.corners.length ? [this.tool("routes.area.clear", () => this.clear())] : []),
        ];
    const state = this.drawing ? say("routes.area.drawing") : this.corners.length ? say("routes.area.done") : "";
    const held = this.root.contains(document.activeElement);
    this.root.replaceChildren(element("div", { class: "actions" }, ...tools), state && element("p", { class: "about" }, state));
    if (held) this.root.querySelector("button")?.focus();
  }

  private tool(key: string, action: () => void): HTMLButtonElement {
    const button = element("button", { type: "button", class: "button quiet small" }, say(key));
    button.addEventListener("click", action);
    return button;
  }
}
