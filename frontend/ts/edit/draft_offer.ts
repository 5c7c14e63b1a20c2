/** "Recover or discard": an older, unsaved edit of the feature that was just opened, kept in this browser. */

import { element } from "../dom.ts";
import { formatMoment, say } from "../words.ts";
import { textButton } from "./controls.ts";
import type { Draft, Drafts } from "./drafts.ts";
import type { Editing } from "./editing.ts";

export function offerDraft({ session, view }: Editing, drafts: Drafts, recover: (draft: Draft) => void): void {
  const { target, id, dirty } = session;
  const draft = id === null || dirty ? undefined : drafts.of(target.collection, id);
  if (!draft) return;
  const told = say("edit.draftFound", { time: formatMoment(new Date(draft.saved_at), "both") });
  const take = textButton(say("edit.recover"), "button small", () => recover(draft));
  const leave = textButton(say("edit.discard"), "button quiet small", () => (drafts.discard(draft), view.showNotice(null)));
  view.showNotice(element("div", {}, element("p", {}, told), element("p", { class: "problem-actions" }, take, leave)));
}
