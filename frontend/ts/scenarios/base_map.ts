/** The city below a scenario: some of the map's own layers, and which green space lies where. */

import { fetchLayers, type LayerInfo } from "../catalogue.ts";
import { element } from "../dom.ts";
import type { TileFeature } from "../tile_source.ts";
import { LABEL_FONT } from "../symbols.ts";
import { VectorMap } from "../vector_map.ts";
import { language, say } from "../words.ts";

const SHOWN = ["water", "buildings", "streets", "green-spaces", "districts"];
const REACH_PX = 6;

export function prepareMap(map: L.Map): void {
  const [west, south, east, north] = (map.getContainer().parentElement?.dataset.extent ?? "").split(",").map(Number) as [number, number, number, number];
  map.setMaxBounds(map.options.maxBounds ? L.latLngBounds(map.options.maxBounds as L.LatLngBoundsLiteral).pad(0.6) : L.latLngBounds([south, west], [north, east]).pad(2));
  map.fitBounds([[south, west], [north, east]], { animate: false });
  map.zoomControl.setPosition(document.dir === "rtl" ? "topleft" : "topright");
  for (const [part, key] of [["in", "zoomIn.control"], ["out", "zoomOut.control"]] as const) {
    const link = map.getContainer().querySelector(`.leaflet-control-zoom-${part}`);
    link?.setAttribute("aria-label", say(key));
    link?.setAttribute("title", say(key));
  }
  map.getContainer().setAttribute("role", "region");
  map.getContainer().setAttribute("aria-label", say("map"));
  if (document.getElementById("map-help")) map.getContainer().setAttribute("aria-describedby", "map-help");
}

export async function showCity(map: L.Map, onFailure: () => void): Promise<VectorMap> {
  const fonts = Promise.allSettled(["Aa", "أب"].map((sample) => document.fonts.load(`600 12px ${LABEL_FONT}`, sample)));
  const layers = (await fetchLayers()).filter(({ id, tiles }) => tiles && SHOWN.includes(id));
  const vectors = new VectorMap(map, layers, language, fonts, onFailure);
  vectors.show(layers);
  showOrigin(map, layers);
  return vectors;
}

/** Whose data it is, and that some of it is made up. Leaflet writes attributions as markup; ours are text. */
function showOrigin(map: L.Map, layers: readonly LayerInfo[]): void {
  const credits = new Set(layers.flatMap(({ attribution }) => attribution?.split(" · ") ?? []).filter(Boolean));
  for (const credit of credits) map.attributionControl.addAttribution(element("span", {}, credit).innerHTML);
  const notice = document.getElementById("synthetic-notice");
  if (notice) notice.hidden = !layers.some(({ synthetic }) => synthetic);
}

export function greenAt(vectors: VectorMap, latlng: L.LatLng): TileFeature | undefined {
  return vectors.pick(latlng, REACH_PX).find(({ layer }) => layer.collection === "green-spaces")?.feature;
}
