/** Sites on the map: the chosen ones numbered, the other candidates in outline. The tables are the way for the keyboard. */

import { element, reducedMotion } from "../dom.ts";
import { chosenSites, nameOf, type Found, type SiteFeature } from "./search.ts";

const CHOSEN: L.PathOptions = { color: "#1c6b33", weight: 3, fillColor: "#1c6b33", fillOpacity: 0.35, dashArray: "" };
const OTHER: L.PathOptions = { color: "#1f4e9a", weight: 2, fillColor: "#1f4e9a", fillOpacity: 0.12, dashArray: "5 4" };
const PICKED: L.PathOptions = { color: "#b35900", weight: 5 };
const CLOSE_ZOOM = 16;

export class SitesMap {
  private readonly layer: L.FeatureGroup;
  private readonly drawn = new Map<number, L.GeoJSON>();
  private picked: number | null = null;

  constructor(private readonly map: L.Map, private readonly onPick: (parcel: number) => void) {
    this.layer = L.featureGroup().addTo(map);
  }

  show(found: Found): void {
    this.clear();
    const chosen = chosenSites(found);
    for (const site of found.sites.features.filter(({ properties }) => properties.chosen === null)) this.draw(site, OTHER);
    for (const site of chosen) this.draw(site, CHOSEN);
    for (const site of chosen.reverse()) this.number(site); // the first lies on top
    const bounds = this.layer.getBounds();
    if (bounds.isValid()) this.map.fitBounds(bounds, { padding: [30, 30], maxZoom: CLOSE_ZOOM, animate: false });
  }

  clear(): void {
    this.layer.clearLayers();
    this.drawn.clear();
    this.picked = null;
  }

  /** Marks one site and brings it into view. */
  pick(parcel: number): void {
    this.mark(false);
    this.picked = parcel;
    this.mark(true);
    const shape = this.drawn.get(parcel);
    if (shape) this.map.fitBounds(shape.getBounds(), { maxZoom: CLOSE_ZOOM, animate: !reducedMotion() });
  }

  private mark(on: boolean): void {
    const shape = this.picked === null ? undefined : this.drawn.get(this.picked);
    shape?.setStyle(on ? PICKED : ((shape.options.style as L.PathOptions | undefined) ?? {}));
  }

  private draw(site: SiteFeature, style: L.PathOptions): void {
    const { parcel } = site.properties;
    const shape = L.geoJSON(site, { style: style as never, bubblingMouseEvents: false } as L.GeoJSONOptions);
    shape.bindTooltip(element("bdi", {}, nameOf(site.properties)), { sticky: true });
    this.drawn.set(parcel, shape.on("click", () => this.onPick(parcel)).addTo(this.layer));
  }

  private number({ properties: { parcel, chosen } }: SiteFeature): void {
    const shape = this.drawn.get(parcel);
    if (!shape) return;
    const icon = L.divIcon({ className: "site-number", html: element("span", {}, String(chosen)), iconSize: [28, 28] });
    L.marker(shape.getBounds().getCenter(), { icon, keyboard: false, zIndexOffset: 1000 - (chosen ?? 0) }).on("click", () => this.onPick(parcel)).addTo(this.layer);
  }
}
