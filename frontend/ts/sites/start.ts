/** The page of best sites: django-leaflet's map with the city below, and the planner's panel beside it. */

import { prepareMap, showCity } from "../scenarios/base_map.ts";
import { keepQueryInLinks } from "../page_frame.ts";
import { say } from "../words.ts";
import { showFailure, SitesPage } from "./sites_page.ts";

window.addEventListener("map:init", (event) => {
  const { map } = (event as CustomEvent<{ map: L.Map }>).detail;
  start(map).catch((error: Error) => showFailure(new Error(say("mapFailed", { reason: error.message }))));
});

async function start(map: L.Map): Promise<void> {
  prepareMap(map);
  keepQueryInLinks();
  const page = new SitesPage(map);
  await Promise.all([showCity(map, () => showFailure(new Error(say("tilesFailed")))), page.begin()]);
  document.body.dataset.ready = "true";
}
