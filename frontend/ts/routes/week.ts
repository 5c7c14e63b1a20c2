/** A week of plans: the choice in the form, the days of an open plan's week with their figures, its publication. */

import { element } from "../dom.ts";
import { ask } from "../edit/ask.ts";
import { language, say, sayCount } from "../words.ts";
import { checkable, folded, input, labelled, numberIn } from "./fields.ts";
import { written } from "./figures.ts";
import { planAddress, statusTitle } from "./plan_list.ts";
import { runProcess, type Plan } from "./service.ts";

/** One day or a week, and whether the weekdays may be chosen anew. */
export class WeekFields {
  readonly root: HTMLElement;
  private readonly week = input("checkbox");
  private readonly choose = input("checkbox");
  private readonly apart = input("number", { min: "1", max: "7", value: "2" });
  private readonly price = input("number", { min: "0", step: "any", value: "2" });

  constructor(onChange: () => void) {
    const more = folded(
      say("routes.week.days"),
      checkable(say("routes.week.choose"), this.choose, say("routes.week.chooseHelp")),
      labelled(say("routes.week.apart"), this.apart),
      labelled(say("routes.week.price"), this.price, say("routes.week.priceHelp")),
    );
    more.hidden = true;
    this.week.addEventListener("change", () => {
      more.hidden = !this.isWeek;
      onChange();
    });
    this.root = element("div", {}, checkable(say("routes.week.whole"), this.week, say("routes.week.wholeHelp")), more);
  }

  get isWeek(): boolean {
    return this.week.checked;
  }

  get process(): string {
    return this.isWeek ? "plan-week" : "optimize-routes";
  }

  get inputs(): Record<string, unknown> {
    if (!this.isWeek) return {};
    return this.choose.checked ? { choose_days: true, apart_days: numberIn(this.apart), day_price: numberIn(this.price) } : {};
  }
}

/** The plans of the week that a plan is a day of, by day; only itself where it is a plan of one day. */
export const weekOf = ({ facts }: Plan, plans: readonly Plan[]): Plan[] =>
  plans.filter((other) => other.facts.job === facts.job).sort((a, b) => a.facts.service_date.localeCompare(b.facts.service_date));

/** Null for a plan of one day. */
export function weekDays(plan: Plan, plans: readonly Plan[], onPublish: () => void): HTMLElement | null {
  const days = weekOf(plan, plans);
  if (days.length < 2) return null;
  const publish = element("button", { type: "button", class: "button quiet" }, say("routes.week.publish"));
  publish.addEventListener("click", onPublish);
  return element("nav", { class: "week-days", "aria-label": say("routes.week.label") }, publish, ...days.map((day) => dayLink(day, day.id === plan.id)));
}

function dayLink({ id, facts }: Plan, chosen: boolean): HTMLElement {
  const day = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "numeric", timeZone: "UTC" });
  const figures = [written(facts.distance_km, "km"), written(facts.duration_h, "h"), written(facts.load_t, "t")].join(" · ");
  const name = day.format(new Date(facts.service_date));
  return element("a", { href: planAddress(id), title: statusTitle(facts), "aria-current": chosen ? "true" : undefined }, element("strong", {}, name), element("span", {}, element("bdi", {}, figures)));
}

/** Whether the week was published. Throws the reason of a refusal. */
export async function offerWeek(plan: Plan, plans: readonly Plan[]): Promise<boolean> {
  const answers = [{ id: "publish", label: say("routes.publish.do"), kind: "primary" }, { id: "leave", label: say("routes.publish.leave") }] as const;
  const title = sayCount("routes.week.title", weekOf(plan, plans).length);
  const answer = await ask(title, [say("routes.week.effect"), say("routes.publish.seen")], answers);
  if (answer !== "publish") return false;
  await runProcess("publish-week", { week: plan.facts.job });
  return true;
}
