/** The popup of a feature: all its properties from the service, its outline on the map, and what else lies there. */

import { featurePath, fetchFeature, fetchSchema, type Feature, type Schema } from "./catalogue.ts";
import { element, reducedMotion } from "./dom.ts";
import { nameOf } from "./expression.ts";
import type { Hit } from "./vector_map.ts";
import { formatValue, language, say } from "./words.ts";

const SET_ASIDE = new Set(["external_id", "version", "created_at", "updated_at", "color_index", "name_fr", "name_ar", "name_en"]);

export class FeaturePopup {
  private readonly popup: L.Popup;
  private outline: L.GeoJSON | null = null;
  private cameFrom: HTMLElement | null = null;

  constructor(
    private readonly map: L.Map,
    private readonly titleOf: (collection: string) => string,
    private readonly actionsOf: (collection: string, id: number) => HTMLElement | null,
    private readonly factsAt: (latlng: L.LatLng) => Promise<HTMLElement | null>,
  ) {
    const maxWidth = Math.min(340, map.getSize().x - 48);
    this.popup = L.popup({ maxWidth, minWidth: Math.min(240, maxWidth), autoPanPaddingTopLeft: [16, 64], autoPanPaddingBottomRight: [16, 16], className: "feature-popup" });
    map.on("popupclose", (event) => event.popup === this.popup && this.closed());
  }

  /** Shows the first of the hits and offers the others. */
  async openHits(hits: Hit[]): Promise<void> {
    const [first, ...others] = hits;
    if (first) await this.open(first.layer.collection, first.feature.id, first.latlng, others);
  }

  /** Where there is no feature: what is known of the place itself. False, and no popup, for nothing. */
  async openPlace(latlng: L.LatLng): Promise<boolean> {
    const facts = await this.factsAt(latlng);
    if (!facts) return false;
    const heading = element("h2", { tabindex: "-1" }, say("thisPlace"));
    if (!this.map.hasLayer(this.popup)) this.cameFrom = document.activeElement as HTMLElement | null;
    this.present(latlng, element("article", { class: "feature-card", dir: document.dir, lang: language }, heading, facts));
    return true;
  }

  /** Focus goes into the popup and, when it closes, back to where it was. */
  async open(collection: string, id: number | string, latlng: L.LatLng | null, others: Hit[] = []): Promise<void> {
    if (!this.map.hasLayer(this.popup)) this.cameFrom = document.activeElement as HTMLElement | null;
    const loading = element("p", { class: "loading", dir: document.dir }, say("loading"));
    if (latlng) this.popup.setLatLng(latlng).setContent(loading).openOn(this.map);
    try {
      const facts = latlng && this.factsAt(latlng);
      const [feature, schema] = await Promise.all([fetchFeature(collection, id), fetchSchema(collection)]);
      this.drawOutline(feature);
      this.present(latlng ?? this.middleOf(feature), this.contentOf(collection, feature, schema, others, await facts));
    } catch (error) {
      loading.setAttribute("role", "alert");
      loading.textContent = say("featureFailed", { reason: (error as Error).message });
    }
  }

  private present(latlng: L.LatLng, content: HTMLElement): void {
    this.popup.setLatLng(latlng).setContent(content).openOn(this.map);
    this.nameCloseButton();
    content.querySelector("h2")?.focus({ preventScroll: true });
  }

  close(): void {
    this.map.closePopup(this.popup);
  }

  private middleOf(feature: Feature): L.LatLng {
    return L.geoJSON(feature.geometry as GeoJSON.Geometry).getBounds().getCenter();
  }

  private contentOf(collection: string, feature: Feature, schema: Schema, others: Hit[], facts: HTMLElement | null): HTMLElement {
    const { properties } = feature;
    const kind = this.titleOf(collection);
    const name = nameOf(properties, language);
    const rows = Object.entries(properties).flatMap(([key, value]) => {
      const text = SET_ASIDE.has(key) ? "" : formatValue(key, value, schema[key]);
      const title = schema[key]?.title ?? key;
      return text ? [element("tr", {}, element("th", { scope: "row" }, title), element("td", {}, element("bdi", {}, text)))] : [];
    });
    return element(
      "article",
      { class: "feature-card", dir: document.dir, lang: language },
      name ? element("p", { class: "kind" }, kind) : null,
      element("h2", { tabindex: "-1" }, element("bdi", {}, name ?? kind)),
      isSynthetic(properties) && element("p", { class: "tag synthetic" }, say(`source.${String(properties.source)}`)),
      element("table", {}, element("tbody", {}, ...rows)),
      facts,
      this.actionsOf(collection, Number(feature.id)),
      planLink(collection, properties),
      element("p", { class: "more" }, element("a", { href: featurePath(collection, feature.id) }, say("allFacts"))),
      this.othersList(others),
    );
  }

  private othersList(others: Hit[]): HTMLElement | null {
    if (!others.length) return null;
    const items = others.slice(0, 5).map((hit) => {
      const button = element("button", { type: "button", class: "link" }, element("bdi", {}, labelOf(hit)));
      button.addEventListener("click", () => void this.openHits([hit, ...others.filter((other) => other !== hit)]));
      return element("li", {}, button);
    });
    return element("nav", { class: "also-here", "aria-label": say("alsoHere") }, element("h3", {}, say("alsoHere")), element("ul", {}, ...items));
  }

  private drawOutline(feature: Feature): void {
    this.outline?.remove();
    if (!feature.geometry) return;
    const style = { color: "#0b3d91", weight: 3, fillColor: "#0b3d91", fillOpacity: 0.08, interactive: false };
    this.outline = L.geoJSON(feature.geometry, {
      style,
      interactive: false,
      pointToLayer: (_feature, latlng) => L.circleMarker(latlng, { ...style, radius: 11 }),
    }).addTo(this.map);
  }

  /** Leaflet names the close button in English only. */
  private nameCloseButton(): void {
    this.popup.getElement()?.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", say("close"));
  }

  private closed(): void {
    this.outline?.remove();
    this.outline = null;
    this.cameFrom?.focus({ preventScroll: true });
    this.cameFrom = null;
  }
}

/** For planners: the plan that a route, a stop or a street of it belongs to. */
function planLink(collection: string, { plan, external_id }: Feature["properties"]): HTMLElement | null {
  const page = document.getElementById("map-frame")?.dataset.routes;
  const id = collection === "route-plans" ? external_id : collection.startsWith("route-") || collection === "collection-routes" ? plan : null;
  if (!page || !id) return null;
  return element("p", { class: "popup-actions" }, element("a", { class: "button quiet small", href: `${page}#plan=${encodeURIComponent(String(id))}` }, say("openPlan")));
}

export function isSynthetic(properties: Readonly<Record<string, unknown>>): boolean {
  return properties.source === "synthetic" || properties.source === "mixed";
}

/** The name, or the layer's title where a feature has none. */
export function labelOf({ layer, feature }: Hit): string {
  const name = nameOf(feature.props, language);
  return name ? `${name} · ${layer.title}` : layer.title;
}

/** Moves the map to a feature's box; without flight where the person asked for less motion. */
export function goTo(map: L.Map, feature: Feature): void {
  const bounds = boundsOf(feature.bbox) ?? (feature.geometry && L.geoJSON(feature.geometry).getBounds());
  if (bounds?.isValid()) map.fitBounds(bounds, { maxZoom: 17, padding: [60, 60], animate: !reducedMotion() });
}

function boundsOf(bbox: Feature["bbox"]): L.LatLngBounds | null {
  return bbox ? L.latLngBounds([bbox[1], bbox[0]], [bbox[3], bbox[2]]) : null;
}
