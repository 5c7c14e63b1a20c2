/** The map page: puts the vector map, the layer switch, search, popups and the address together. */

import { fetchFeature, fetchLayers, type Feature, type LayerInfo } from "./catalogue.ts";
import { EVERYWHERE, type Change } from "./changes.ts";
import { isCluster } from "./clusters.ts";
import { announce, byId, debounce, element, reducedMotion } from "./dom.ts";
import { openDoor, type EditDoor } from "./edit_door.ts";
import { FeaturePopup, goTo } from "./feature_popup.ts";
import { InView } from "./in_view.ts";
import { LayerPanel } from "./layer_panel.ts";
import { LiveMap } from "./live.ts";
import { keepHashInLinks, sideSheet } from "./page_frame.ts";
import { RasterLayers } from "./raster_layers.ts";
import { rasterTable } from "./raster_value.ts";
import { SearchBox } from "./search_box.ts";
import { LABEL_FONT } from "./symbols.ts";
import { VectorMap } from "./vector_map.ts";
import { formatHash, parseHash, storedLayers, storeLayers } from "./view_state.ts";
import { language, say } from "./words.ts";

const POINTER_REACH_PX = 4;
const FINGER_REACH_PX = 12;

window.addEventListener("map:init", (event) => {
  const { map } = (event as CustomEvent<{ map: L.Map }>).detail;
  start(map).catch((error: Error) => showFailure(say("mapFailed", { reason: error.message })));
});

async function start(map: L.Map): Promise<void> {
  prepare(map);
  const fonts = loadFonts();
  const layers = (await fetchLayers()).filter((layer) => layer.tiles); // a raster without a file has nothing to show
  const vectors = new VectorMap(map, layers, language, fonts, () => showFailure(say("tilesFailed")));
  const rasters = new RasterLayers(map, layers);
  const titleOf = (collection: string) => layers.find((layer) => layer.collection === collection)?.title ?? collection;
  let door: EditDoor | null = null;
  const actionsOf = (collection: string, id: number) => door?.actionsOf(collection, id) ?? null;
  const popup = new FeaturePopup(map, titleOf, actionsOf, (latlng) => rasterTable(rasters.shown, latlng));
  const panel = new LayerPanel(byId("layers"), layers, initialLayers(layers), (ids) => show(ids), (id, time) => rasters.showTime(id, time));
  const live = savesData() ? null : new LiveMap({ redraw, tellFailing });

  function show(ids: string[]): void {
    const shown = layers.filter((layer) => ids.includes(layer.id));
    vectors.show(shown);
    rasters.show(ids);
    live?.watch(shown.map((layer) => layer.collection));
    showOrigin(map, shown);
    storeLayers(ids);
    remember();
    refreshList();
  }

  /** What others changed; where it is a raster's, other files may be there now. */
  async function redraw(changes: Change[]): Promise<void> {
    const renewed = changes.map(({ collection, boxes, heard }) => vectors.refresh(collection, boxes, heard));
    if (changes.some(({ collection }) => rasters.has(collection))) {
      const now = await fetchLayers();
      panel.offerTimes(now);
      rasters.update(now);
    }
    await Promise.all(renewed);
    if (changes.some(({ boxes }) => boxes.includes(EVERYWHERE))) byId("failure-notice").hidden = true;
    await inView.refresh(true);
  }

  function remember(): void {
    const { lat, lng: lon } = map.getCenter();
    history.replaceState(null, "", formatHash({ zoom: map.getZoom(), lat, lon }, panel.selected));
    keepHashInLinks();
  }

  const inView = new InView(byId("in-view"), byId("in-view-list"), byId("in-view-count"), vectors, (hit) => {
    if (isCluster(hit.feature)) zoomInOn(map, hit.latlng);
    else if (!door?.takesChoice(hit.layer.collection, hit.feature.id)) void popup.openHits([hit]);
  });
  const refreshList = debounce(400, () => void inView.refresh());
  new SearchBox(byId("search"), byId("search-list"), titleOf, (feature) => void find(feature));

  /** Its first layer, when none of them is on. */
  function turnOn(collection: string): void {
    const candidates = layers.filter((layer) => layer.collection === collection);
    if (!candidates.some((layer) => panel.selected.includes(layer.id))) candidates.slice(0, 1).forEach((layer) => panel.turnOn(layer.id));
  }

  async function find(feature: Feature, collection = String(feature.properties.collection)): Promise<void> {
    turnOn(collection);
    byId("panel").dispatchEvent(new Event("fold"));
    goTo(map, feature);
    if (door?.takesChoice(collection, Number(feature.id))) return;
    await popup.open(collection, feature.id, null);
  }

  map.on("moveend", () => (remember(), refreshList()));
  map.on("zoomend", () => panel.showZoom(map.getZoom()));
  map.on("click", (event) => {
    const touch = (event.originalEvent as PointerEvent).pointerType === "touch";
    const hits = vectors.pick(event.latlng, touch ? FINGER_REACH_PX : POINTER_REACH_PX);
    const features = hits.filter(({ feature }) => !isCluster(feature));
    if (door?.takesClick(features)) return;
    if (hits[0] && hits[0] !== features[0]) zoomInOn(map, hits[0].latlng);
    else if (features.length) void popup.openHits(features);
    else void popup.openPlace(event.latlng).then((known) => known || announce(say("nothingHere")));
  });
  map.on("mousemove", (event) => {
    const [hit] = vectors.pick(event.latlng, 0, isCluster);
    map.getContainer().classList.toggle("over-cluster", hit !== undefined);
  });
  window.addEventListener("keydown", (event) => event.key === "Escape" && popup.close());
  window.addEventListener("hashchange", () => follow(map));
  panel.showZoom(map.getZoom());
  show(panel.selected);
  sideSheet(byId("panel"), byId("panel-toggle"));
  const host = {
    map,
    turnOn,
    closePopup: () => popup.close(),
    hide: vectors.hide.bind(vectors),
    refresh: (...changed: Parameters<VectorMap["refresh"]>) => vectors.refresh(...changed).catch(() => undefined).then(refreshList),
    opened: (open: boolean) => {
      popup.close();
      byId("map-frame").classList.toggle("editing", open);
      map.invalidateSize({ animate: false });
    },
  };
  door = await openDoor(layers, host, showFailure);
  const asked = new URLSearchParams(location.search).get("show")?.split("/");
  if (asked?.[0] && asked[1]) await find(await fetchFeature(asked[0], asked[1]), asked[0]);
  document.body.dataset.ready = "true";
}

/** What django-leaflet's own start leaves open: names for the controls, room around the city, less motion if asked. */
function prepare(map: L.Map): void {
  const bounds = map.options.maxBounds as L.LatLngBoundsExpression;
  map.setMaxBounds(L.latLngBounds(bounds as L.LatLngBoundsLiteral).pad(0.6));
  map.options.maxBoundsViscosity = 0.6;
  const start = parseHash(location.hash).place;
  if (start) map.setView([start.lat, start.lon], start.zoom, { animate: false });
  else map.setView(dataBounds(map).getCenter(), startZoom(map, dataBounds(map)), { animate: false });
  const edge = isPhone() ? "bottom" : "top"; // under a phone's popups, by the thumb
  map.zoomControl.setPosition(document.dir === "rtl" ? `${edge}left` : `${edge}right`);
  for (const [part, key] of [["in", "zoomIn.control"], ["out", "zoomOut.control"]] as const) {
    const link = map.getContainer().querySelector(`.leaflet-control-zoom-${part}`);
    link?.setAttribute("aria-label", say(key));
    link?.setAttribute("title", say(key));
  }
  map.getContainer().setAttribute("role", "region");
  map.getContainer().setAttribute("aria-label", say("map"));
  map.getContainer().setAttribute("aria-describedby", "map-help");
}

/** The zoom that shows all of the data; on a phone one more, where that cuts little of the edges. */
function startZoom(map: L.Map, bounds: L.LatLngBounds): number {
  const fitting = map.getBoundsZoom(bounds, false, L.point(48, 48));
  if (!isPhone()) return fitting;
  const [northWest, southEast] = [bounds.getNorthWest(), bounds.getSouthEast()].map((corner) => map.project(corner, fitting + 1)) as [L.Point, L.Point];
  const needed = southEast.subtract(northWest);
  const size = map.getSize();
  return needed.x <= size.x * 1.2 && needed.y <= size.y * 1.2 ? fitting + 1 : fitting;
}

/** Two zooms nearer, where a cluster has parted. */
function zoomInOn(map: L.Map, latlng: L.LatLng): void {
  map.setView(latlng, Math.min(map.getZoom() + 2, map.getMaxZoom()), { animate: !reducedMotion() });
}

/** Whether the person asked the browser to spend little. */
function savesData(): boolean {
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData ?? false;
}

function isPhone(): boolean {
  return window.matchMedia("(max-width: 720px)").matches;
}

/** Where the data lies, which may be a part of the city only; the template writes west,south,east,north. */
function dataBounds(map: L.Map): L.LatLngBounds {
  const [west, south, east, north] = (map.getContainer().parentElement?.dataset.extent ?? "").split(",").map(Number) as [number, number, number, number];
  return L.latLngBounds([south, west], [north, east]);
}

function follow(map: L.Map): void {
  const { place } = parseHash(location.hash);
  if (place) map.setView([place.lat, place.lon], place.zoom);
}

/** The address wins over what this browser remembers, and that over the service's own choice. */
function initialLayers(layers: LayerInfo[]): Set<string> {
  const own = layers.filter((layer) => layer.visible).map((layer) => layer.id);
  return new Set(parseHash(location.hash).layers ?? storedLayers() ?? own);
}

/** Labels are measured on a canvas: the fonts must be there before the first of them. */
function loadFonts(): Promise<unknown> {
  const faces = ["Aa", "أب"].map((sample) => document.fonts.load(`600 12px ${LABEL_FONT}`, sample));
  return Promise.allSettled(faces);
}

let credits: string[] = [];

/** Whose data is shown, and whether any of it is made up. */
function showOrigin(map: L.Map, shown: LayerInfo[]): void {
  for (const credit of credits) map.attributionControl.removeAttribution(credit);
  credits = [...new Set(shown.flatMap((layer) => layer.attribution?.split(" · ") ?? []))].filter(Boolean).map(asText);
  for (const credit of credits) map.attributionControl.addAttribution(credit);
  byId("synthetic-notice").hidden = !shown.some((layer) => layer.synthetic);
}

/** Leaflet writes attributions as markup; ours are text. */
function asText(text: string): string {
  return element("span", {}, text).innerHTML;
}

function tellFailing(failing: boolean): void {
  byId("live-notice").textContent = failing ? say("liveFailing") : "";
}

function showFailure(message: string): void {
  const notice = byId("failure-notice");
  notice.hidden = false;
  notice.textContent = message;
}
