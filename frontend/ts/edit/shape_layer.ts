/** The edited shape on the map: its corners can be dragged, or it is moved as a whole. Tells the new shape after each step. */

import { reshapeOptions } from "./geoman.ts";
import { kindOf, normalised, type Shape } from "./shapes.ts";

export type Mode = "look" | "reshape" | "move";

const STYLE = { className: "edit-shape", weight: 3, pmIgnore: false, bubblingMouseEvents: false };
/** 7 decimals, as the service keeps them. */
const DIGITS = 7;

export class ShapeLayer {
  private layer: L.Marker | L.Polyline<any> | null = null;
  private mode: Mode = "look";
  private snapping = true;

  constructor(
    private readonly map: L.Map,
    private readonly onChange: (shape: Shape) => void,
  ) {}

  /** Draws a shape in place of the one before, in the same mode. */
  show(shape: Shape | null): void {
    this.clear();
    if (!shape) return;
    this.layer = layerOf(shape).addTo(this.map);
    for (const name of ["pm:edit", "pm:dragend", "pm:vertexremoved"] as const) this.layer.on(name, () => this.changed());
    this.apply();
  }

  setMode(mode: Mode): void {
    this.mode = mode;
    this.apply();
  }

  setSnapping(on: boolean): void {
    this.snapping = on;
    this.apply();
  }

  clear(): void {
    this.stop();
    this.layer?.off().remove();
    this.layer = null;
  }

  bounds(): L.LatLngBounds | null {
    if (!this.layer) return null;
    return this.layer instanceof L.Marker ? L.latLngBounds([this.layer.getLatLng()]) : this.layer.getBounds();
  }

  private stop(): void {
    this.layer?.pm.disable();
    if (this.layer && !(this.layer instanceof L.Marker)) this.layer.pm.disableLayerDrag();
  }

  private apply(): void {
    this.stop();
    if (!this.layer || this.mode === "look") return;
    if (this.layer instanceof L.Marker) this.layer.pm.enable({ ...reshapeOptions(false), draggable: true, preventMarkerRemoval: true });
    else if (this.mode === "reshape") this.layer.pm.enable(reshapeOptions(this.snapping));
    else this.layer.pm.enableLayerDrag();
  }

  private changed(): void {
    const layer = this.layer;
    if (layer) this.onChange(normalised((layer.toGeoJSON(DIGITS) as GeoJSON.Feature<Shape>).geometry));
  }
}

function layerOf(shape: Shape): L.Marker | L.Polyline<any> {
  const kind = kindOf(shape);
  if (kind === "Point") {
    const icon = L.divIcon({ className: "edit-point", iconSize: [26, 26], iconAnchor: [13, 13] });
    return L.marker(L.GeoJSON.coordsToLatLng((shape as GeoJSON.Point).coordinates as [number, number]), { icon, keyboard: false, pmIgnore: false, bubblingMouseEvents: false } as L.MarkerOptions);
  }
  if (kind === "LineString") return L.polyline(L.GeoJSON.coordsToLatLngs((shape as GeoJSON.LineString).coordinates, 0) as L.LatLng[], STYLE);
  return L.polygon(L.GeoJSON.coordsToLatLngs((normalised(shape) as GeoJSON.MultiPolygon).coordinates, 2) as L.LatLng[][][], STYLE);
}
