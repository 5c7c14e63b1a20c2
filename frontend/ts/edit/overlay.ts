/** What the editor draws over the map besides the shape: faults with their place, and what a version added and removed. */

import { svgElement } from "./icons.ts";
import type { Position, Shape } from "./shapes.ts";

/** Hatches for areas, told apart by their direction as well as by colour. */
const HATCHES: Record<string, { d: string; color: string }> = {
  added: { d: "M-2 2 2-2M0 8 8 0M6 10 10 6", color: "#1c6b33" },
  removed: { d: "M-2 6 2 10M0 0 8 8M6-2 10 2", color: "#a11d1d" },
};

/** The hatches' definitions, once in the page. */
export function defineHatches(): void {
  if (document.getElementById("edit-hatches")) return;
  const patterns = Object.entries(HATCHES).map(([name, { d, color }]) => {
    const lines = svgElement("path", { d, stroke: color, "stroke-width": "2" });
    return svgElement("pattern", { id: `hatch-${name}`, width: "8", height: "8", patternUnits: "userSpaceOnUse" }, lines);
  });
  document.body.append(svgElement("svg", { id: "edit-hatches", class: "visually-hidden", "aria-hidden": "true", width: "0", height: "0" }, svgElement("defs", {}, ...patterns)));
}

export class Overlay {
  private readonly faults = L.layerGroup();
  private readonly change = L.layerGroup();
  private readonly focus = L.layerGroup();

  constructor(private readonly map: L.Map) {
    defineHatches();
    for (const group of [this.faults, this.change, this.focus]) group.addTo(map);
  }

  showFaults(places: readonly Position[]): void {
    this.faults.clearLayers();
    for (const [lon, lat] of places) {
      const icon = L.divIcon({ className: "edit-fault", html: "!", iconSize: [28, 28], iconAnchor: [14, 14] });
      L.marker([lat, lon], { icon, keyboard: false, interactive: false, zIndexOffset: 1000 }).addTo(this.faults);
    }
  }

  showCorner(place: Position | null): void {
    this.focus.clearLayers();
    if (place) L.circleMarker([place[1], place[0]], { radius: 13, className: "edit-corner-focus", interactive: false, fill: false, weight: 3 }).addTo(this.focus);
  }

  /** Null for nothing. Moves the map only when the change is out of the window. */
  showChange(change: { before: Shape | null; after: Shape | null; added: Shape | null; removed: Shape | null } | null): void {
    this.change.clearLayers();
    if (!change) return;
    this.draw(change.before, { className: "diff-before", dashArray: "6 6", fill: false, weight: 2 });
    this.draw(change.removed, { className: "diff-removed", weight: 2, dashArray: "2 5", fillColor: "url(#hatch-removed)", fillOpacity: 0.75 });
    this.draw(change.added, { className: "diff-added", weight: 2, fillColor: "url(#hatch-added)", fillOpacity: 0.75 });
    this.draw(change.after, { className: "diff-after", fill: false, weight: 2.5 });
    const drawn = L.featureGroup(this.change.getLayers());
    const bounds = drawn.getLayers().length ? drawn.getBounds() : null;
    if (bounds?.isValid() && !this.map.getBounds().contains(bounds)) this.map.fitBounds(bounds, { padding: [50, 50], maxZoom: 18, animate: false });
  }

  clear(): void {
    for (const group of [this.faults, this.change, this.focus]) group.clearLayers();
  }

  private draw(shape: Shape | null, style: L.PathOptions): void {
    if (!shape) return;
    const options = { style: { ...style, interactive: false }, interactive: false, pointToLayer: (_: unknown, at: L.LatLng) => L.circleMarker(at, { ...style, radius: 9, interactive: false }) };
    L.geoJSON(shape, options as L.GeoJSONOptions).eachLayer((layer) => this.change.addLayer(layer));
  }
}
