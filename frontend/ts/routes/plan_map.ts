/** A plan on the map: each crew's way in its colour, what it serves, what is left out; another plan beside it, dashed. */

import { compile } from "../expression.ts";
import { fetchLayers, type StyleLayer } from "../catalogue.ts";
import { element, reducedMotion } from "../dom.ts";
import { VectorMap } from "../vector_map.ts";
import { language, say } from "../words.ts";
import { draggable } from "./drag.ts";
import type { CrewRoute, Visit, WholePlan } from "./service.ts";
import { visitTitle } from "./visits.ts";

/** More than this many are drawn for the chosen crew only. */
const MOST_VISITS = 1500;

export type ColourOf = (route: CrewRoute) => string;

export interface MapEvents {
  onRoute(route: CrewRoute): void;
  onVisit(route: CrewRoute, visit: Visit): void;
  onDrop(visit: Visit, vehicle: string): void;
}

export interface MissedPlace {
  title: string;
  geometry: GeoJSON.Geometry;
  /** Not worth its detour yet: no fault of the plan. */
  waits: boolean;
}

interface Drawn {
  route: CrewRoute;
  layer: L.Path;
  weight: number;
}

export class PlanMap {
  colourOf: ColourOf = () => "#444444";
  private readonly below: L.LayerGroup;
  private readonly lines: L.LayerGroup;
  private readonly marks: L.LayerGroup;
  private readonly missed: L.LayerGroup;
  private readonly ring: L.LayerGroup;
  private drawn: Drawn[] = [];
  private plan: WholePlan | null = null;
  private vehicle: string | null = null;

  constructor(private readonly map: L.Map, private readonly events: MapEvents) {
    [this.below, this.lines, this.marks, this.missed, this.ring] = [0, 1, 2, 3, 4].map(() => L.layerGroup().addTo(map)) as [L.LayerGroup, L.LayerGroup, L.LayerGroup, L.LayerGroup, L.LayerGroup];
  }

  /** The base map under the plans, and the colours of crews as the city's map has them. */
  async prepare(onFailure: () => void): Promise<void> {
    const layers = await fetchLayers();
    const base = layers.filter(({ group, tiles }) => group === "base" && tiles);
    new VectorMap(this.map, base, language, Promise.resolve(), onFailure).show(base);
    this.colourOf = colours(layers.find(({ id }) => id === "collection-routes")?.style ?? []);
  }

  show(plan: WholePlan): void {
    this.plan = plan;
    this.vehicle = null;
    this.redraw();
    for (const group of [this.below, this.missed, this.ring]) group.clearLayers();
  }

  clear(): void {
    this.plan = null;
    for (const group of [this.below, this.lines, this.marks, this.missed, this.ring]) group.clearLayers();
  }

  /** All of the plan in view. */
  fit(): void {
    this.map.invalidateSize({ animate: false });
    const bounds = L.featureGroup(this.drawn.map(({ layer }) => layer)).getBounds();
    if (bounds.isValid()) this.map.fitBounds(bounds, { padding: [24, 24], animate: false });
  }

  /** Null: all crews alike. */
  highlight(vehicle: string | null): void {
    this.vehicle = vehicle;
    this.redraw();
    this.map.invalidateSize({ animate: false });
    const own = this.drawn.filter(({ route }) => route.facts.vehicle === vehicle).map(({ layer }) => layer);
    const bounds = L.featureGroup(own).getBounds();
    if (bounds.isValid() && !this.map.getBounds().contains(bounds)) this.map.fitBounds(bounds, { padding: [24, 24], animate: !reducedMotion() });
  }

  /** Rings these visits only, and brings a single one into view. */
  choose(...visits: readonly Visit[]): void {
    this.ring.clearLayers();
    for (const visit of visits) this.ringAround(visit, visits.length === 1);
  }

  private ringAround(visit: Visit, goThere: boolean): void {
    if (!visit.geometry) return;
    const shape = L.geoJSON(visit.geometry, {
      interactive: false,
      style: linesOnly({ color: "#111", weight: 12, opacity: 0.35 }),
      pointToLayer: (_feature, latlng) => L.circleMarker(latlng, { radius: 13, color: "#111", weight: 3, fill: false, interactive: false }),
    }).addTo(this.ring);
    const middle = shape.getBounds().getCenter();
    if (goThere && !this.map.getBounds().pad(-0.1).contains(middle)) this.map.panTo(middle, { animate: !reducedMotion() });
  }

  showMissed(places: readonly MissedPlace[]): void {
    this.missed.clearLayers();
    for (const { title, geometry, waits } of places) {
      const middle = L.geoJSON(geometry).getBounds().getCenter();
      if (waits) {
        L.circleMarker(middle, { radius: 5, color: "#5a6672", weight: 2, fillColor: "#fff", fillOpacity: 0.9 }).bindTooltip(text(title)).addTo(this.missed);
        continue;
      }
      const icon = L.divIcon({ className: "missed-mark", html: "!", iconSize: [22, 22] });
      L.geoJSON(geometry, { style: linesOnly({ color: "#a11d1d", weight: 5, dashArray: "2 8" }), pointToLayer: (_feature, latlng) => L.circleMarker(latlng, { opacity: 0, fill: false }) }).addTo(this.missed);
      L.marker(middle, { icon, keyboard: false, alt: title }).bindTooltip(text(title)).addTo(this.missed);
    }
  }

  goTo(geometry: GeoJSON.Geometry): void {
    this.map.fitBounds(L.geoJSON(geometry).getBounds(), { maxZoom: 17, animate: !reducedMotion() });
  }

  /** Which plans are seen: "this", "other" or "both". The other one is dashed. */
  compare(other: WholePlan | null, seen: "this" | "other" | "both"): void {
    this.below.clearLayers();
    const hidden = seen === "other";
    for (const group of [this.lines, this.marks]) hidden ? group.remove() : group.addTo(this.map);
    if (!other || seen === "this") return;
    for (const route of other.routes) {
      if (!route.geometry) continue;
      const style = { color: this.colourOf(route), weight: seen === "both" ? 3 : 4, dashArray: "2 7", opacity: 0.9 };
      L.geoJSON(route.geometry, { style }).bindTooltip(text(say("routes.map.ofOther", { vehicle: route.facts.vehicle })), { sticky: true }).addTo(this.below);
    }
  }

  private redraw(): void {
    this.lines.clearLayers();
    this.marks.clearLayers();
    this.drawn = [];
    const routes = this.plan?.routes ?? [];
    const many = routes.reduce((sum, route) => sum + route.visits.length, 0) > MOST_VISITS;
    for (const route of routes) this.drawLine(route);
    for (const route of routes) {
      const own = route.facts.vehicle === this.vehicle;
      if (this.vehicle ? own : !many) for (const visit of route.visits) this.drawVisit(route, visit);
    }
  }

  private drawLine(route: CrewRoute): void {
    if (!route.geometry) return;
    const faded = this.vehicle !== null && route.facts.vehicle !== this.vehicle;
    const weight = faded ? 2 : 4;
    L.geoJSON(route.geometry, { interactive: false, style: { color: "#fff", weight: weight + 3, opacity: faded ? 0.2 : 0.85 } }).addTo(this.lines);
    const line = L.geoJSON(route.geometry, { style: { color: this.colourOf(route), weight, opacity: faded ? 0.3 : 0.95 } });
    line.eachLayer((layer) => {
      layer.on("click", (event) => (L.DomEvent.stop(event), this.events.onRoute(route)));
      layer.bindTooltip(text(route.facts.vehicle), { sticky: true });
      this.drawn.push({ route, layer: layer as L.Path, weight });
    });
    line.addTo(this.lines);
  }

  private drawVisit(route: CrewRoute, visit: Visit): void {
    if (!visit.geometry) return;
    if (!visit.task) return this.drawPlace(visit);
    const colour = this.colourOf(route);
    const shapes = L.geoJSON(visit.geometry, {
      style: linesOnly({ color: colour, weight: 8, opacity: 0.55 }),
      pointToLayer: (_feature, latlng) => L.circleMarker(latlng, { radius: 6, color: "#fff", weight: 1.5, fillColor: colour, fillOpacity: 1, opacity: 1 }),
    });
    const title = `${visitTitle(visit)} · ${route.facts.vehicle}`;
    shapes.addTo(this.marks).eachLayer((layer) => {
      layer.on("click", (event) => (L.DomEvent.stop(event), this.events.onVisit(route, visit)));
      layer.bindTooltip(text(title), { sticky: true });
      const drawn = (layer as L.Path).getElement();
      if (drawn) draggable(drawn, () => visitTitle(visit), (vehicle) => this.events.onDrop(visit, vehicle));
    });
  }

  /** Depot, disposal site or rest: a small square with the first letter of what it is. */
  private drawPlace(visit: Visit): void {
    const [lng, lat] = (visit.geometry as GeoJSON.Point).coordinates as [number, number];
    const icon = L.divIcon({ className: `place-mark place-${visit.kind}`, iconSize: [14, 14] });
    L.marker([lat, lng], { icon, keyboard: false, alt: visitTitle(visit) }).bindTooltip(text(visitTitle(visit))).addTo(this.marks);
  }
}

/** Leaflet would give a line's style to the circles of points, too. */
const linesOnly = (style: L.PathOptions) => (feature?: GeoJSON.Feature): L.PathOptions => (feature?.geometry.type.includes("Line") ? style : {});

/** Tooltips take markup; ours are text. */
function text(title: string): HTMLElement {
  return element("span", { dir: "auto" }, title);
}

function colours(style: readonly StyleLayer[]): ColourOf {
  const evaluate = compile(style.find(({ id }) => id === "line")?.paint?.["line-color"] ?? "#444444", language);
  return ({ facts }) => String(evaluate(14, { color_index: facts.color_index }));
}
