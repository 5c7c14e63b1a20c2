/** The plan that is open: its name and state, what can be done with it, its figures, and the tabs with all the rest. */

import { element } from "../dom.ts";
import { say } from "../words.ts";
import { comparison, type CompareHost } from "./compare.ts";
import { crewTable } from "./crew_table.ts";
import { factsView } from "./facts_view.ts";
import { PLAN_FIGURES, changeOfBaseline, figureName, written, writtenPct } from "./figures.ts";
import { leftOutList, leftOutTitle } from "./left_out.ts";
import type { ColourOf } from "./plan_map.ts";
import { planName, planSubject, statusChip } from "./plan_list.ts";
import type { CrewRoute, LeftOut, WholePlan } from "./service.ts";
import { tabbed } from "./tabs.ts";
import { visitList, type VisitEvents } from "./visits.ts";
import { weekDays } from "./week.ts";

export interface DockState extends CompareHost {
  colourOf: ColourOf;
  vehicle: string | null;
  task: string | null;
  ticked: ReadonlySet<string>;
  aim: string | null;
  missed: readonly LeftOut[];
  places: ReadonlyMap<string, GeoJSON.Geometry>;
  tab: string;
  printing: HTMLElement;
}

export interface DockHost extends VisitEvents {
  onCrew(route: CrewRoute): void;
  onTab(id: string): void;
  onPublish(): void;
  onPublishWeek(): void;
  onDelete(): void;
  onPlace(place: GeoJSON.Geometry): void;
}

const SHOWN_FIRST = ["distance", "duration", "cost", "litres", "co2", "load", "overtime", "spread"];

export function planDock(plan: WholePlan, state: DockState, host: DockHost): Node[] {
  const tabs = [
    { id: "crews", label: say("routes.tab.crews"), content: () => crewsTab(plan, state, host) },
    { id: "left", label: leftOutTitle(state.missed), content: () => leftOutList(plan.facts, state.missed, state.places, host.onPlace) },
    { id: "compare", label: say("routes.tab.compare"), content: () => comparison(plan, state) },
    { id: "facts", label: say("routes.tab.facts"), content: () => factsView(plan.facts) },
  ];
  const days = weekDays(plan, state.plans, host.onPublishWeek);
  return [heading(plan, host), ...(days ? [days] : []), figures(plan), tabbed(tabs, state.tab, say("routes.tab.label"), host.onTab)];
}

function heading({ id, facts }: WholePlan, { onPublish, onDelete }: DockHost): HTMLElement {
  const publish = facts.status !== "published" && element("button", { type: "button", class: "button" }, say(facts.status === "replaced" ? "routes.publish.again" : "routes.publish.do"));
  if (publish) publish.addEventListener("click", onPublish);
  const remove = facts.status !== "published" && element("button", { type: "button", class: "button quiet" }, say("routes.delete.ask"));
  if (remove) remove.addEventListener("click", onDelete);
  const rest = element("a", { class: "button quiet", href: `#rest=${encodeURIComponent(id)}` }, say("routes.rest.ask"));
  const again = element("a", { class: "button quiet", href: `#new=${encodeURIComponent(id)}` }, say("routes.plan.again"));
  return element(
    "div",
    { class: "dock-heading" },
    element("div", {}, element("h2", { tabindex: "-1" }, element("bdi", {}, planName(facts)), " ", statusChip(facts)), facts.title ? element("p", { class: "about" }, planSubject(facts)) : null),
    element("div", { class: "actions" }, remove, rest, again, publish),
  );
}

/** The figures that plans are judged by, each with its change against the nearest-neighbour plan where that is known. */
function figures({ facts }: WholePlan): HTMLElement {
  const shown = SHOWN_FIRST.flatMap((id) => PLAN_FIGURES.filter((figure) => figure.id === id));
  const boxes = shown.map(({ id, unit, value }) => {
    const change = changeOfBaseline(id, facts);
    return element("div", { class: "figure" }, element("dt", {}, figureName(id)), element("dd", {}, element("span", { class: "figure-value" }, written(value(facts), unit)), change !== null && element("span", { class: "figure-change" }, element("bdi", {}, writtenPct(change)))));
  });
  const known = facts.baseline_cost !== null && element("p", { class: "about figures-about" }, say("routes.figure.changeHelp"));
  return element("div", { class: "figures" }, element("dl", {}, ...boxes), known);
}

function crewsTab(plan: WholePlan, state: DockState, host: DockHost): HTMLElement {
  const chosen = plan.routes.find(({ facts }) => facts.vehicle === state.vehicle);
  const others = plan.routes.map(({ facts }) => facts.vehicle).filter((vehicle) => vehicle !== state.vehicle);
  const hint = plan.routes.length ? null : element("p", { class: "about" }, say("routes.crew.none"));
  return element("div", { class: "crews-tab" }, element("div", { class: "crews-part" }, ...(hint ? [hint] : [state.printing, crewTable(plan.routes, state.vehicle, { colourOf: state.colourOf, onCrew: host.onCrew })])), chosen ? visitList(chosen, { ...state, others }, host) : null);
}
