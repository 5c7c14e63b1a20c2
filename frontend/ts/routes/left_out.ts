/** What a plan leaves out, each with its reason, in a list and on the map. */

import { element } from "../dom.ts";
import { AS_STORED, tellRules, type Telling } from "../rules_told.ts";
import { formatNumber, formatValue, knows, say, sayCount } from "../words.ts";
import type { MissedPlace } from "./plan_map.ts";
import { fetchPlaces, mayWait, type Closure, type Cure, type ForecastFigures, type LeftOut, type PlanFacts } from "./service.ts";

type Why = Omit<LeftOut, "id">;

/** Where they are; those that are gone from the data have no place. */
export async function placesOf({ kind }: PlanFacts, missed: readonly LeftOut[]): Promise<Map<string, GeoJSON.Geometry>> {
  if (kind === "containers") return fetchPlaces("waste-containers", missed.map(({ id }) => id));
  const streets = await fetchPlaces("streets", missed.map(({ id }) => streetOf(id)));
  return new Map(missed.flatMap(({ id }) => (streets.has(streetOf(id)) ? [[id, streets.get(streetOf(id)) as GeoJSON.Geometry]] : [])));
}

const streetOf = (task: string): string => task.replace(/:(left|right)$/, "");

export const asMissed = (missed: readonly LeftOut[], places: ReadonlyMap<string, GeoJSON.Geometry>): MissedPlace[] =>
  missed.flatMap(({ id, ...why }) => (places.has(id) ? [{ title: `${id}: ${whyTexts(why).map((text) => text.replace(/\.$/, "")).join(". ")}`, geometry: places.get(id) as GeoJSON.Geometry, waits: mayWait(why) }] : []));

/** How many are left out, and how many may wait. */
export function leftOutTitle(missed: readonly LeftOut[]): string {
  const waiting = missed.filter(mayWait).length;
  const left = sayCount("routes.leftOut", missed.length - waiting);
  return waiting ? `${left} · ${sayCount("routes.mayWait", waiting)}` : left;
}

/** The forecast of a container that waits, in words. */
function foreseen({ fill_pct = 0, risk = 0, full_on }: Why): string {
  const told = say("routes.leftOut.foreseen", { fill: writtenShare(fill_pct), risk: writtenShare(100 * risk) });
  const when = full_on ? say("routes.leftOut.fullOn", { day: formatValue("", full_on, { format: "date" }) }) : say("routes.leftOut.notSoonFull");
  return `${told} ${when}`;
}

const writtenShare = (percent: number): string => (percent > 0 && percent < 1 ? "< 1\u00a0%" : `${formatNumber(Math.round(percent))}\u00a0%`);

/** What the forecast did, in one paragraph. */
function forecastLine({ optional, optional_taken, overflows_prevented, overflows_expected }: ForecastFigures): HTMLElement {
  const values = { taken: formatNumber(optional_taken), optional: formatNumber(optional), prevented: formatNumber(overflows_prevented), expected: formatNumber(overflows_expected) };
  return element("p", { class: "about" }, say("routes.leftOut.forecast", values));
}

/** By reason what would let a crew serve them, as it is stored until the server has told it. */
function cureList(cures: readonly Cure[]): HTMLElement {
  const list = element("dl", { class: "facts-list" });
  const show = (telling: Telling) => list.replaceChildren(...cures.map(({ code, tasks, cure }) => element("div", {}, element("dt", {}, `${reasonOf(code) ?? code} (${formatNumber(tasks)})`), element("dd", {}, ...telling.text(cure)))));
  show(AS_STORED);
  tellRules(cures).then(show, () => undefined);
  return element("section", {}, element("h3", {}, say("routes.leftOut.cures")), list);
}

/** What has to be served and is not stands before what may wait. */
export function leftOutList({ rule }: PlanFacts, missed: readonly LeftOut[], places: ReadonlyMap<string, GeoJSON.Geometry>, onShow: (place: GeoJSON.Geometry) => void): HTMLElement {
  const forecast = rule?.forecast_figures && forecastLine(rule.forecast_figures);
  if (!missed.length) return element("div", {}, element("p", { class: "good-news" }, say("routes.leftOut.none")), forecast);
  const ordered = [...missed].sort((one, other) => (other.risk ?? 2) - (one.risk ?? 2));
  const rows = ordered.map(({ id, ...why }) => {
    const place = places.get(id);
    const show = element("button", { type: "button", class: "button quiet small", "aria-label": say("routes.leftOut.showOf", { id }) }, say("routes.leftOut.show"));
    if (place) show.addEventListener("click", () => onShow(place));
    return element("tr", {}, element("th", { scope: "row" }, element("bdi", {}, id)), element("td", {}, ...whyLines(why)), element("td", {}, place ? show : null));
  });
  const heads = [say("routes.leftOut.what"), say("routes.leftOut.why"), say("routes.leftOut.show")].map((head) => element("th", { scope: "col" }, head));
  const table = element("table", {}, element("caption", {}, leftOutTitle(missed)), element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
  return element("div", {}, forecast, rule?.cures?.length ? cureList(rule.cures) : null, element("div", { class: "table-holder", role: "region", "aria-label": say("routes.leftOut.title"), tabindex: "0" }, table));
}

/** In the page's language by its code; a code of another program's plan stands as it was stored. */
function whyTexts(why: Why): string[] {
  if (mayWait(why)) return [say("routes.leftOut.notWorth"), foreseen(why)];
  return [reasonOf(why.code) ?? why.reason, ...closureTexts(why.closures ?? [])];
}

function reasonOf(code: string): string | null {
  const known = `routes.why.${code}`;
  return knows(known) ? say(known) : null;
}

/** Which streets and conditions keep trucks away, each once, and the cure. */
function closureTexts(closures: readonly Closure[]): string[] {
  const told = closures.flatMap(({ street, reason, conditions }) =>
    conditions.length ? conditions.map((condition) => conditionText(street, condition)) : [say("routes.closure.limit", { street, why: say(`routes.why.${reason}`) })],
  );
  return told.length ? [...told, say("routes.closure.cure")] : [];
}

function conditionText(street: string, { id, kind, from_time, until_time }: Closure["conditions"][number]): string {
  const told = say(`routes.closure.${kind}`, { street, id });
  if (!from_time && !until_time) return told;
  const hours = { from: from_time || "00:00", until: until_time || "24:00" };
  return `${told} ${say(kind === "gate" ? "routes.closure.open" : "routes.closure.hours", hours)}`;
}

function whyLines(why: Why): HTMLElement[] {
  return whyTexts(why).map((text, at) => element("span", mayWait(why) ? { class: at ? "about" : undefined } : { dir: "auto" }, text));
}
