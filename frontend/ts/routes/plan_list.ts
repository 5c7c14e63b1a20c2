/** The list of plans, the newest first: what each is of, and the figures that tell plans apart. */

import { element } from "../dom.ts";
import { formatMoment, formatValue, say, sayCount } from "../words.ts";
import { changeOfBaseline, figureName, written, writtenPct } from "./figures.ts";
import type { Plan, PlanFacts } from "./service.ts";
import { choiceTitle } from "./titles.ts";

export const planAddress = (id: string): string => `#plan=${encodeURIComponent(id)}`;
export const dayOf = ({ service_date }: PlanFacts): string => formatValue("", service_date, { format: "date" });

/** Its title, or what it is of and when. */
export const planName = (facts: PlanFacts): string => facts.title || planSubject(facts);

/** Kind, fraction and day. */
export const planSubject = (facts: PlanFacts): string =>
  [choiceTitle("route-plans", "kind", facts.kind), choiceTitle("route-plans", "fraction", facts.fraction), dayOf(facts)].join(" · ");

export const statusTitle = ({ status }: PlanFacts): string => choiceTitle("route-plans", "status", status);
export const statusChip = (facts: PlanFacts): HTMLElement => element("span", { class: `status plan-${facts.status}` }, statusTitle(facts));

export function planList(plans: readonly Plan[], chosen: string | null): HTMLElement {
  const make = element("a", { class: "button make-plan", href: "#new" }, say("routes.list.new"));
  const bring = element("a", { class: "button quiet make-plan", href: "#import" }, say("routes.list.import"));
  const items = plans.map((plan) => element("li", {}, planCard(plan, plan.id === chosen)));
  const list = items.length ? element("ol", { class: "plan-list" }, ...items) : element("p", { class: "about" }, say("routes.list.empty"));
  const heading = element("h2", { tabindex: "-1" }, say("routes.list.title"));
  return element("div", { class: "side-view" }, element("div", { class: "side-heading" }, heading, element("div", { class: "actions" }, make, bring)), list);
}

function planCard({ id, facts }: Plan, chosen: boolean): HTMLElement {
  const saved = changeOfBaseline("distance", facts);
  const figures = [["distance", facts.distance_km, "km"], ["duration", facts.duration_h, "h"], ["cost", facts.cost, undefined]] as const;
  return element(
    "a",
    { class: "plan-card", href: planAddress(id), "aria-current": chosen ? "true" : undefined },
    element("span", { class: "plan-line" }, element("strong", {}, element("bdi", {}, planName(facts))), statusChip(facts)),
    facts.title ? element("span", { class: "plan-kind" }, planSubject(facts)) : null,
    element("span", { class: "plan-kind" }, say("routes.list.made", { moment: formatMoment(new Date(facts.created_at), "both") })),
    element("span", { class: "plan-figures" }, ...figures.map(([name, value, unit]) => element("span", {}, element("span", { class: "visually-hidden" }, `${figureName(name)}: `), name === "cost" ? say("routes.list.cost", { cost: written(value) }) : written(value, unit)))),
    saved === null ? null : element("span", { class: "plan-saved" }, say("routes.list.against", { percent: writtenPct(saved) })),
    facts.unserved ? element("span", { class: "plan-missed" }, sayCount("routes.leftOut", facts.unserved)) : null,
  );
}
