/** Two plans side by side: every figure with its difference, said in words and by sign; then crew by crew. */

import { element } from "../dom.ts";
import { say } from "../words.ts";
import { BASELINE_FIGURES, CREW_FIGURES, PLAN_FIGURES, figureName, signed, verdict, written } from "./figures.ts";
import { planName, statusTitle } from "./plan_list.ts";
import { select } from "./fields.ts";
import type { Plan, PlanFacts, RouteFacts, WholePlan } from "./service.ts";

export const NEAREST_NEIGHBOUR = "";
export type Seen = "this" | "other" | "both";

export interface CompareHost {
  plans: readonly Plan[];
  other: WholePlan | null;
  seen: Seen;
  onOther(id: string): void;
  onSeen(seen: Seen): void;
}

/** What a plan is first compared with: what is published for that day, else the plan that it was made from. */
export function usualOther({ id, facts }: Plan, plans: readonly Plan[]): string {
  const published = plans.find((plan) => plan.id !== id && plan.facts.status === "published" && sameTask(plan.facts, facts));
  return published?.id ?? plans.find((plan) => plan.id === facts.based_on)?.id ?? NEAREST_NEIGHBOUR;
}

export const sameTask = (one: PlanFacts, other: PlanFacts): boolean =>
  one.service_date === other.service_date && one.fraction === other.fraction && one.kind === other.kind;

export function comparison(plan: WholePlan, host: CompareHost): HTMLElement {
  const others = host.plans.filter(({ id }) => id !== plan.id).map(({ id, facts }) => ({ value: id, label: `${planName(facts)} · ${statusTitle(facts)}` }));
  const nearest = plan.facts.baseline_cost !== null;
  const first = { value: NEAREST_NEIGHBOUR, label: say(nearest ? "routes.compare.nearest" : "routes.compare.choose") };
  const choice = select([first, ...others], host.other?.id ?? NEAREST_NEIGHBOUR);
  choice.id = "routes-compare-with";
  choice.addEventListener("change", () => host.onOther(choice.value));
  const bar = element("div", { class: "compare-bar" }, element("label", { for: choice.id }, say("routes.compare.with")), choice, host.other && seenSwitch(host));
  return element("div", { class: "compare" }, bar, (host.other ?? nearest) && planTable(plan, host.other), host.other && crewTables(plan, host.other));
}

function seenSwitch({ seen, onSeen }: CompareHost): HTMLElement {
  const ways = (["this", "both", "other"] as const).map((way) => {
    const button = element("button", { type: "button", "data-seen": way, "aria-pressed": String(way === seen) }, say(`routes.compare.seen.${way}`));
    button.addEventListener("click", () => onSeen(way));
    return button;
  });
  return element("div", { class: "segments", role: "group", "aria-label": say("routes.compare.onMap") }, ...ways);
}

function planTable(plan: WholePlan, other: WholePlan | null): HTMLElement {
  const name = other ? planName(other.facts) : say("routes.compare.nearest");
  const rows = PLAN_FIGURES.flatMap(({ id, unit, value, lessIsBetter }) => {
    const reference = other ? value(other.facts) : BASELINE_FIGURES[id]?.(plan.facts);
    if (reference === undefined) return [];
    return [figureRow(figureName(id), value(plan.facts), reference, unit, lessIsBetter)];
  });
  return sideBySide(say("routes.compare.figures"), say("routes.compare.figure"), planName(plan.facts), name, rows);
}

function figureRow(name: string, value: number | null, reference: number | null, unit: string | undefined, lessIsBetter: boolean): HTMLElement {
  const cells = [element("td", { class: "number" }, written(value, unit)), element("td", { class: "number" }, written(reference, unit))];
  return element("tr", {}, element("th", { scope: "row" }, name), ...cells, element("td", { class: "number" }, difference(value, reference, unit, lessIsBetter)));
}

function difference(value: number | null, reference: number | null, unit: string | undefined, lessIsBetter: boolean | null): Node | string {
  if (value === null || reference === null) return "–";
  const judged = verdict(value, reference, lessIsBetter);
  const word = judged === "other" ? "" : say(`routes.verdict.${judged}`);
  return element("span", { class: `verdict ${judged}` }, element("bdi", { dir: "ltr" }, signed(value - reference, unit)), word && " ", word);
}

/** Every vehicle of either plan; hours and kilometres are the crew's load, of which neither more nor less is better. */
function crewTables(plan: WholePlan, other: WholePlan): HTMLElement {
  const [mine, theirs] = [plan, other].map(({ routes }) => new Map(routes.map(({ facts }) => [facts.vehicle, facts]))) as [Map<string, RouteFacts>, Map<string, RouteFacts>];
  const figures = CREW_FIGURES.filter(({ id }) => ["distance", "hours", "load", "tasks"].includes(id));
  const rows = [...new Set([...mine.keys(), ...theirs.keys()])].sort().map((vehicle) => {
    const cells = figures.map(({ value, unit }) => {
      const [one, two] = [mine, theirs].map((facts) => (facts.has(vehicle) ? value(facts.get(vehicle) as RouteFacts) : null)) as [number | null, number | null];
      return element("td", { class: "number" }, `${written(one, unit)} / ${written(two, unit)}`, element("br"), difference(one ?? 0, two ?? 0, unit, null));
    });
    return element("tr", {}, element("th", { scope: "row" }, element("bdi", {}, vehicle)), ...cells);
  });
  const heads = [say("routes.crew"), ...figures.map(({ id }) => figureName(id))].map((head) => element("th", { scope: "col" }, head));
  return tableOf(say("routes.compare.crews"), heads, rows);
}

function sideBySide(caption: string, ...parts: [string, string, string, HTMLElement[]]): HTMLElement {
  const [figure, mine, theirs, rows] = parts;
  const heads = [figure, mine, theirs, say("routes.compare.difference")].map((head) => element("th", { scope: "col" }, element("bdi", {}, head)));
  return tableOf(caption, heads, rows);
}

function tableOf(caption: string, heads: HTMLElement[], rows: HTMLElement[]): HTMLElement {
  const table = element("table", { class: "side-by-side" }, element("caption", {}, caption), element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
  return element("div", { class: "table-holder", role: "region", "aria-label": caption, tabindex: "0" }, table);
}
