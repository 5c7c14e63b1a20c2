/** By which rules and from which data a plan was made: what stands in it, as a table of names and values. */

import { element } from "../dom.ts";
import { formatMoment, formatNumber, say } from "../words.ts";
import type { PlanFacts } from "./service.ts";

export function factsView({ rule, inputs, checked_at, check_faults }: PlanFacts): HTMLElement {
  const checked = checked_at ? say("routes.facts.checked", { moment: formatMoment(new Date(checked_at), "both"), faults: formatNumber(check_faults ?? 0) }) : say("routes.facts.unchecked");
  const parts = [["routes.facts.rule", rule], ["routes.facts.inputs", inputs]] as const;
  return element("div", { class: "facts-view" }, element("p", {}, checked), ...parts.map(([title, value]) => element("section", {}, element("h3", {}, say(title)), shown(value))));
}

/** JSON as lists of definitions, as deep as it goes. */
function shown(value: unknown): Node {
  if (value === null || value === undefined || value === "") return document.createTextNode("–");
  if (Array.isArray(value)) return value.some((item) => typeof item === "object") ? element("ul", {}, ...value.map((item) => element("li", {}, shown(item)))) : document.createTextNode(value.map(String).join(", ") || "–");
  if (typeof value === "boolean") return document.createTextNode(say(value ? "yes" : "no"));
  if (typeof value === "number") return document.createTextNode(formatNumber(value));
  if (typeof value !== "object") return element("span", { dir: "auto" }, String(value));
  const rows = Object.entries(value).map(([name, part]) => element("div", {}, element("dt", {}, element("code", {}, name)), element("dd", {}, shown(part))));
  return element("dl", { class: "facts-list" }, ...rows);
}
