/** What a plan leaves out, each with its reason, in a list and on the map. */

import { element } from "../dom.ts";
import { say, sayCount } from "../words.ts";
import type { MissedPlace } from "./plan_map.ts";
import { fetchPlaces, type LeftOut, type PlanFacts } from "./service.ts";

/** Where they are; those that are gone from the data have no place. */
export async function placesOf({ kind }: PlanFacts, missed: readonly LeftOut[]): Promise<Map<string, GeoJSON.Geometry>> {
  if (kind === "containers") return fetchPlaces("waste-containers", missed.map(({ id }) => id));
  const streets = await fetchPlaces("streets", missed.map(({ id }) => streetOf(id)));
  return new Map(missed.flatMap(({ id }) => (streets.has(streetOf(id)) ? [[id, streets.get(streetOf(id)) as GeoJSON.Geometry]] : [])));
}

const streetOf = (task: string): string => task.replace(/:(left|right)$/, "");

export const asMissed = (missed: readonly LeftOut[], places: ReadonlyMap<string, GeoJSON.Geometry>): MissedPlace[] =>
  missed.flatMap(({ id, reason }) => (places.has(id) ? [{ title: `${id}: ${reason}`, geometry: places.get(id) as GeoJSON.Geometry }] : []));

export function leftOutList(missed: readonly LeftOut[], places: ReadonlyMap<string, GeoJSON.Geometry>, onShow: (place: GeoJSON.Geometry) => void): HTMLElement {
  if (!missed.length) return element("p", { class: "good-news" }, say("routes.leftOut.none"));
  const rows = missed.map(({ id, reason }) => {
    const place = places.get(id);
    const show = element("button", { type: "button", class: "button quiet small", "aria-label": say("routes.leftOut.showOf", { id }) }, say("routes.leftOut.show"));
    if (place) show.addEventListener("click", () => onShow(place));
    return element("tr", {}, element("th", { scope: "row" }, element("bdi", {}, id)), element("td", { dir: "auto" }, reason), element("td", {}, place ? show : null));
  });
  const heads = [say("routes.leftOut.what"), say("routes.leftOut.why"), say("routes.leftOut.show")].map((head) => element("th", { scope: "col" }, head));
  const table = element("table", {}, element("caption", {}, sayCount("routes.leftOut", missed.length)), element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
  return element("div", { class: "table-holder", role: "region", "aria-label": say("routes.leftOut.title"), tabindex: "0" }, table);
}
