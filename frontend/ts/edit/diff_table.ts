/** What changed between two versions, as a table of fields and a line about the shape. */

import { element } from "../dom.ts";
import { formatNumber, formatValue, say } from "../words.ts";
import type { Diff, Measure } from "./api.ts";
import type { Target } from "./target.ts";

export function diffTable(target: Target, diff: Diff): HTMLElement {
  const shown = (name: string, value: unknown) => element("bdi", {}, formatValue(name, value, target.fields.get(name)) || "–");
  const rows = diff.fields.map(({ name, title, before, after }) =>
    element("tr", {}, element("th", { scope: "row" }, title), element("td", {}, diff.from === null ? null : element("del", {}, shown(name, before))), element("td", {}, element("ins", {}, shown(name, after)))),
  );
  const head = [say("edit.field"), say("edit.before"), say("edit.after")].map((text) => element("th", { scope: "col" }, text));
  const table = rows.length ? element("table", { class: "diff-table" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows)) : null;
  const shape = diff.geometry ? element("p", { class: "diff-shape" }, shapeChange(diff)) : null;
  return element("div", { class: "diff" }, table, shape, !table && !shape ? element("p", {}, say("edit.nothingChanged")) : null);
}

function shapeChange({ geometry }: Diff): string {
  const measured = geometry?.area_m2 ?? geometry?.length_m;
  const key = geometry?.area_m2 ? "edit.shapeArea" : "edit.shapeLength";
  return measured ? say(key, { before: amount(measured, "before"), after: amount(measured, "after") }) : say("edit.shapeMoved");
}

const amount = (measure: Measure, when: keyof Measure): string => (measure[when] === null ? "–" : formatNumber(measure[when]));
