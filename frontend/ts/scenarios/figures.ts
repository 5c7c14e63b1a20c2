/** Tables of indicators: before and after with the change, and two scenarios side by side. */

import { element } from "../dom.ts";
import { language, locale, say } from "../words.ts";
import type { Answer, District, Figure, SavedScenario } from "./api.ts";

/** Of these, more is worse. */
const LESS_IS_BETTER = new Set(["green_gini", "green_p90_p10", "green_below_threshold_pct"]);

/** With its sign; `kind` says whether it is for the better; what is no change, and what cannot be told, in words. */
export function changeOf({ id, before, after }: Figure): { text: string; kind: "more" | "less" | "same" } {
  if (before === null || after === null) return { text: say("result.unknown"), kind: "same" };
  const change = after - before;
  if (Math.abs(change) < 5e-5) return { text: say("result.same"), kind: "same" };
  const text = new Intl.NumberFormat(locale, { signDisplay: "exceptZero", ...digitsOf(change) }).format(change);
  return { text, kind: change > 0 !== LESS_IS_BETTER.has(id) ? "more" : "less" };
}

/** Two decimals, so that what changes can be seen; three where two would show nothing. */
function digitsOf(value: number): { maximumFractionDigits: number } {
  const size = Math.abs(value);
  return { maximumFractionDigits: size >= 1000 ? 0 : size >= 0.01 || size === 0 ? 2 : 4 };
}

const valueText = (value: number | null): string => (value === null ? "–" : new Intl.NumberFormat(locale, digitsOf(value)).format(value));

export function figureTable(figures: readonly Figure[], title: string): HTMLElement {
  const head = ["result.indicator", "result.now", "result.then", "result.change"].map((key) => element("th", { scope: "col" }, say(key)));
  const rows = figures.map((figure) => {
    const { text, kind } = changeOf(figure);
    return element("tr", {}, nameCell(figure), valueCell(figure.before), valueCell(figure.after), element("td", { class: kind }, element("bdi", {}, text)));
  });
  return table(title, head, rows);
}

/** Whether both began from the same figures: else the city changed between them, and they cannot be compared. */
export function onOneCity(first: SavedScenario, second: SavedScenario): boolean {
  const other = new Map(second.results.city.map(({ id, before }) => [id, before]));
  return first.results.city.every(({ id, before }) => !other.has(id) || other.get(id) === before);
}

/** Today is the first one's; `onOneCity` says whether it is the other's too. */
export function comparisonTable(first: SavedScenario, second: SavedScenario, title: string): HTMLElement {
  const head = [say("result.indicator"), say("result.now"), first.name, second.name].map((text) => element("th", { scope: "col", dir: "auto" }, text));
  const rows = first.results.city.map((figure) => {
    const other = second.results.city.find(({ id }) => id === figure.id);
    return element("tr", {}, nameCell(figure), valueCell(figure.before), comparedCell(figure), other ? comparedCell(other) : element("td", {}, "–"));
  });
  return table(title, head, rows);
}

export function districtTables({ districts }: Answer): HTMLElement[] {
  return districts.map((district) => element("section", { class: "district" }, element("h3", { dir: "auto" }, nameOf(district)), figureTable(district.indicators.filter(changes), nameOf(district))));
}

const changes = (figure: Figure): boolean => changeOf(figure).kind !== "same";

export const nameOf = (district: District): string => district[`name_${language}` as "name_fr"] || district.name_fr || district.external_id;

function nameCell({ id, unit }: Figure): HTMLElement {
  return element("th", { scope: "row" }, say(`indicator.${id}`), unit ? element("span", { class: "unit" }, ` (${unit})`) : null);
}

const valueCell = (value: number | null): HTMLElement => element("td", {}, valueText(value));

function comparedCell(figure: Figure): HTMLElement {
  const { text, kind } = changeOf(figure);
  const told = kind === "same" ? null : element("small", { class: kind }, element("bdi", {}, text));
  return element("td", {}, valueText(figure.after), told);
}

function table(title: string, head: HTMLElement[], rows: HTMLElement[]): HTMLElement {
  const caption = element("caption", { class: "visually-hidden" }, title);
  return element("div", { class: "table-holder" }, element("table", { class: "figures" }, caption, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows)));
}
