/** The panel while nothing is edited: which layer, a new feature, drafts of this device, what was changed lately. */

import { element } from "../dom.ts";
import type { EditableLayer } from "../edit_door.ts";
import { formatMoment, say } from "../words.ts";
import { textButton, toolButton } from "./controls.ts";
import type { Draft } from "./drafts.ts";
import type { Target } from "./target.ts";

export interface IdleActions {
  choose(collection: string): void;
  draw(): void;
  placeInTheMiddle(): void;
  finish(): void;
  takeBack(): void;
  stopDrawing(): void;
  recover(draft: Draft): void;
  discard(draft: Draft): void;
}

export class IdleView {
  readonly element: HTMLElement;
  private readonly select: HTMLSelectElement;
  private readonly drafts = element("div", { class: "edit-drafts" });
  private readonly changes = element("div", {});
  private readonly start = element("div", { class: "edit-tools two" });
  private readonly drawing = element("div", { class: "edit-drawing", hidden: true });
  private readonly hint = element("p", { class: "hint" }, say("edit.pickHint"));

  constructor(layers: readonly EditableLayer[], private readonly actions: IdleActions) {
    this.select = element("select", { id: "edit-layer" }, ...layers.map((layer) => element("option", { value: layer.collection }, layer.title)));
    this.select.addEventListener("change", () => actions.choose(this.select.value));
    this.element = element(
      "section",
      { class: "edit-idle edit-body" },
      element("div", { class: "edit-field" }, element("label", { for: "edit-layer" }, say("edit.layer")), this.select),
      this.start,
      this.drawing,
      this.hint,
      this.drafts,
      this.changes,
    );
  }

  focus(): void {
    this.select.focus({ preventScroll: true });
  }

  /** `changes`: the list of what was changed lately in this layer. */
  show(target: Target, drafts: readonly Draft[], changes: HTMLElement): void {
    this.select.value = target.collection;
    this.start.replaceChildren(
      toolButton("draw", say("edit.draw"), () => this.actions.draw()),
      toolButton("place", say("edit.placeMiddle"), () => this.actions.placeInTheMiddle(), say("edit.placeMiddleHint")),
    );
    this.showDrafts(drafts);
    this.changes.replaceChildren(changes);
    this.showDrawing(null);
  }

  showDrafts(drafts: readonly Draft[]): void {
    this.drafts.hidden = !drafts.length;
    this.drafts.replaceChildren(element("h3", {}, say("edit.drafts")), element("ul", {}, ...drafts.map((draft) => this.draftItem(draft))));
  }

  /** The words and buttons while a new shape is drawn; null when none is. */
  showDrawing(target: Target | null): void {
    this.drawing.hidden = !target;
    this.start.hidden = this.hint.hidden = target !== null;
    if (!target) return;
    const isPoint = target.kind === "Point";
    const hint = element("p", {}, say(isPoint ? "edit.drawing.point" : target.kind === "LineString" ? "edit.drawing.line" : "edit.drawing.area"));
    const finish = textButton(say("edit.finish"), "button small", () => this.actions.finish());
    const back = textButton(say("edit.takeBack"), "button quiet small", () => this.actions.takeBack());
    const stop = textButton(say("edit.stopDrawing"), "button quiet small", () => this.actions.stopDrawing());
    this.drawing.replaceChildren(hint, element("p", { class: "problem-actions" }, ...(isPoint ? [stop] : [finish, back, stop])));
  }

  private draftItem(draft: Draft): HTMLElement {
    const told = say("edit.draftOf", { name: draft.id === null ? say("edit.new") : draft.title, time: formatMoment(new Date(draft.saved_at), "both") });
    return element(
      "li",
      {},
      element("p", {}, told),
      element("p", { class: "problem-actions" }, textButton(say("edit.recover"), "button small", () => this.actions.recover(draft)), textButton(say("edit.discard"), "button quiet small", () => this.actions.discard(draft))),
    );
  }
}
