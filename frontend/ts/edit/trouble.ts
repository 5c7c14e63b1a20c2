/** What went wrong with a save, in plain words, and what the person can do; nothing typed is ever lost by it. */

import { element } from "../dom.ts";
import { say } from "../words.ts";
import { Refusal, Unreachable } from "./api.ts";

const WORDS: Record<number, string> = { 401: "edit.trouble.401", 403: "edit.trouble.403", 404: "edit.trouble.404", 409: "edit.trouble.409", 410: "edit.trouble.404", 428: "edit.trouble.428" };

export function explain(error: unknown): string {
  if (error instanceof Unreachable) return say("edit.trouble.network");
  const reason = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Refusal)) return say("edit.trouble.other", { reason });
  const known = WORDS[error.status];
  if (known) return say(known, { reason });
  return say(error.status >= 500 ? "edit.trouble.500" : "edit.trouble.other", { reason });
}

/** With a way to sign in, where that is the cure; in a new tab, so that this one keeps what was typed. */
export function troubleOf(error: unknown): Node[] {
  const text = document.createTextNode(explain(error));
  if (!(error instanceof Refusal) || error.status !== 401) return [text];
  return [text, document.createTextNode(" "), element("a", { href: "/login", target: "_blank", rel: "noopener" }, say("edit.signIn"))];
}
