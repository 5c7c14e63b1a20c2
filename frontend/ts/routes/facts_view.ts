/** By which rules and from which data a plan was made: what stands in it, as a table of names and values. */

import { element } from "../dom.ts";
import { AS_STORED, tellRules, type Telling } from "../rules_told.ts";
import { formatMoment, formatNumber, say } from "../words.ts";
import { checkAgain } from "./checking.ts";
import type { PlanFacts } from "./service.ts";

/** As it is stored at first, told in the language of the page as soon as the service has answered. */
export function factsView(facts: PlanFacts): HTMLElement {
  const view = element("div", { class: "facts-view" });
  const check = checkAgain(facts.external_id);
  const show = (telling: Telling) => view.replaceChildren(...parts(facts, telling, check));
  show(AS_STORED);
  tellRules(facts.rule, facts.inputs).then(show, () => undefined);
  return view;
}

function parts({ rule, inputs, checked_at, check_faults }: PlanFacts, telling: Telling, check: HTMLElement): Node[] {
  const checked = checked_at ? say("routes.facts.checked", { moment: formatMoment(new Date(checked_at), "both"), faults: formatNumber(check_faults ?? 0) }) : say("routes.facts.unchecked");
  const told = [["routes.facts.rule", rule], ["routes.facts.inputs", inputs]] as const;
  return [element("p", {}, checked), check, ...told.map(([title, value]) => element("section", {}, element("h3", {}, say(title)), shown(value, telling)))];
}

/** JSON as lists of definitions, as deep as it goes. */
function shown(value: unknown, telling: Telling): Node {
  if (value === null || value === undefined || value === "") return document.createTextNode("–");
  if (Array.isArray(value)) return value.some((item) => typeof item === "object") ? element("ul", {}, ...value.map((item) => element("li", {}, shown(item, telling)))) : document.createTextNode(value.map(String).join(", ") || "–");
  if (typeof value === "boolean") return document.createTextNode(say(value ? "yes" : "no"));
  if (typeof value === "number") return document.createTextNode(formatNumber(value));
  if (typeof value !== "object") return element("span", {}, ...telling.text(String(value)));
  const rows = Object.entries(value).map(([name, part]) => element("div", {}, element("dt", {}, ...named(name, telling)), element("dd", {}, shown(part, telling))));
  return element("dl", { class: "facts-list" }, ...rows);
}

/** The code stays beside its title: formulas name it. */
function named(name: string, telling: Telling): Node[] {
  const title = telling.name(name);
  const code = element("code", {}, name);
  return title === name ? [code] : [document.createTextNode(`${title} `), code];
}
