/** Who changed the opened feature last, and a mark when that was a program that looks at nobody else's changes. */

import { element } from "../dom.ts";
import { formatMoment, say } from "../words.ts";
import { fetchVersions } from "./api.ts";
import type { Editing } from "./editing.ts";

/** Without an answer nothing is told: editing does not hang on it. */
export async function tellLastChange({ session, view }: Editing): Promise<void> {
  if (session.id === null) return;
  const [last] = await fetchVersions(session.target.collection, session.id, 1).catch(() => []);
  if (!last) return;
  const who = last.actor || say(last.door === "database" ? "edit.byDatabase" : "edit.bySomebody");
  const told = say("edit.lastChange", { who: `\u2068${who}\u2069`, time: `\u2068${formatMoment(new Date(last.at), "both")}\u2069` });
  view.showLastChange(told, last.unconditional ? element("span", { class: "tag unconditional" }, say("edit.unconditional")) : null);
}
