/** The page of route plans: django-leaflet's map, named and placed, with the planner's desk around it. */

import { byId } from "../dom.ts";
import { say } from "../words.ts";
import { Desk, tellFailure } from "./desk.ts";

window.addEventListener("map:init", (event) => {
  const { map } = (event as CustomEvent<{ map: L.Map }>).detail;
  prepare(map);
  new Desk(map).start().catch((error: Error) => tellFailure(say("mapFailed", { reason: error.message })));
});

/** What django-leaflet's own start leaves open: names for the controls, the place that is first seen, room around it. */
function prepare(map: L.Map): void {
  const [west, south, east, north] = (map.getContainer().parentElement?.dataset.extent ?? "").split(",").map(Number) as [number, number, number, number];
  map.setMaxBounds(L.latLngBounds(map.options.maxBounds as L.LatLngBoundsLiteral).pad(0.6));
  map.fitBounds([[south, west], [north, east]], { animate: false });
  map.zoomControl.setPosition(document.dir === "rtl" ? "topright" : "topleft");
  for (const [part, key] of [["in", "zoomIn.control"], ["out", "zoomOut.control"]] as const) {
    const link = map.getContainer().querySelector(`.leaflet-control-zoom-${part}`);
    link?.setAttribute("aria-label", say(key));
    link?.setAttribute("title", say(key));
  }
  const container = map.getContainer();
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(container);
  container.setAttribute("role", "region");
  container.setAttribute("aria-label", say("map"));
  container.setAttribute("aria-describedby", byId("map-help").id);
}
