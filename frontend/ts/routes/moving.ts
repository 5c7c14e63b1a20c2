/** Moving tasks to another crew, and publishing: the price or the consequence first, then the question, then the deed. */

import { element } from "../dom.ts";
import { ask } from "../edit/ask.ts";
import { say } from "../words.ts";
import { sameTask } from "./compare.ts";
import { figureName, signed } from "./figures.ts";
import { planName } from "./plan_list.ts";
import { runProcess, type Plan, type Price, type Visit } from "./service.ts";
import { visitsTitle } from "./visits.ts";
import { tellAsking } from "./why_panel.ts";

/** The id of the new draft; null when the move is forbidden or was not wanted. Throws the reason of a refusal. */
export async function offerMove(plan: string, visits: readonly [Visit, ...Visit[]], vehicle: string): Promise<string | null> {
  const inputs = { plan, tasks: visits.map(({ task }) => task), vehicle };
  const number = visits.length > 1 ? "all" : "one";
  tellAsking(vehicle);
  const price = await runProcess<Price>("price-move", inputs);
  const title = say("routes.move.title", { task: visitsTitle(visits), vehicle });
  if (price.forbidden) {
    await ask(title, [say(`routes.move.forbidden.${number}`, { reason: price.forbidden.reason })], [{ id: "close", label: say("close") }]);
    return null;
  }
  const answer = await ask(title, [priceList(price), say(`routes.move.kept.${number}`)], [{ id: "move", label: say(`routes.move.do.${number}`), kind: "primary" }, { id: "leave", label: say("routes.move.leave") }]);
  if (answer !== "move") return null;
  return (await runProcess<{ plan: string }>("move-tasks", inputs)).plan;
}

function priceList({ cost, distance_km, duration_min }: Price): HTMLElement {
  const rows = [["cost", cost, undefined], ["distance", distance_km, "km"], ["hours", duration_min, "min"]] as const;
  return element("dl", { class: "price" }, ...rows.map(([name, value, unit]) => element("div", {}, element("dt", {}, figureName(name)), element("dd", { class: value > 0 ? "worse" : "better" }, element("bdi", {}, signed(value, unit))))));
}

/** Whether it was published. Throws the reason of a refusal. */
export async function offerPublication(plan: Plan, plans: readonly Plan[]): Promise<boolean> {
  const { facts } = plan;
  const replaced = plans.filter((other) => other.id !== plan.id && other.facts.status === "published" && sameTask(other.facts, facts) && overlap(other.facts.districts, facts.districts));
  const effect = replaced.length
    ? say("routes.publish.replaces", { plans: replaced.map((other) => `“${planName(other.facts)}”`).join(", ") })
    : say("routes.publish.first");
  const answers = [{ id: "publish", label: say("routes.publish.do"), kind: "primary" }, { id: "leave", label: say("routes.publish.leave") }] as const;
  const answer = await ask(say("routes.publish.title", { plan: planName(facts) }), [effect, say("routes.publish.seen")], answers);
  if (answer !== "publish") return false;
  await runProcess("publish-plan", { plan: plan.id });
  return true;
}

/** No districts: all of them. */
const overlap = (one: readonly string[] | null, other: readonly string[] | null): boolean => !one?.length || !other?.length || one.some((district) => other.includes(district));
