/** Deleting a plan that nobody follows: the question first, then the deed. */

import { ask } from "../edit/ask.ts";
import { say } from "../words.ts";
import { planName } from "./plan_list.ts";
import { runProcess, type Plan } from "./service.ts";

/** Whether it was deleted. Throws the reason of a refusal. */
export async function offerDeletion({ id, facts }: Plan): Promise<boolean> {
  const answers = [{ id: "delete", label: say("routes.delete.do"), kind: "danger" }, { id: "keep", label: say("routes.delete.keep") }] as const;
  const answer = await ask(say("routes.delete.title", { plan: planName(facts) }), [say("routes.delete.effect")], answers);
  if (answer !== "delete") return false;
  await runProcess("delete-plan", { plan: id });
  return true;
}
