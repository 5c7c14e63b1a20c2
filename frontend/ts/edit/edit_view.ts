/** The panel while a feature is edited: tools, faults, form, corners, the reason, save and cancel. */

import { element } from "../dom.ts";
import { formatMoment, say } from "../words.ts";
import type { RuleBroken } from "./api.ts";
import { press, textButton, toolButton } from "./controls.ts";
import { CornerList } from "./corners.ts";
import { FeatureForm } from "./form.ts";
import { problemList } from "./problem_list.ts";
import type { Session } from "./session.ts";
import type { Mode } from "./shape_layer.ts";
import type { Position, Shape } from "./shapes.ts";

export interface EditActions {
  mode(mode: Mode): void;
  toggleSnapping(): void;
  undo(): void;
  redo(): void;
  remove(): void;
  history(): void;
  save(): void;
  cancel(): void;
  typed(name: string, value: unknown): void;
  reshaped(shape: Shape): void;
  nudge(key: string, far: boolean): boolean;
  showPlace(place: Position): void;
  focusCorner(place: Position | null): void;
  commented(text: string): void;
}

export class EditView {
  readonly element: HTMLElement;
  readonly corners: CornerList;
  private readonly form: FeatureForm;
  private readonly title = element("h2", { tabindex: "-1", id: "edit-title" });
  private readonly alert = element("div", { class: "edit-alert", role: "alert", hidden: true, tabindex: "-1" });
  private readonly problems = element("div", { class: "edit-problems", role: "alert" });
  private readonly notice = element("div", { class: "edit-notice", hidden: true });
  private readonly last = element("p", { class: "edit-last" });
  private readonly kept = element("p", { class: "edit-kept" });
  private readonly hint = element("p", { class: "hint edit-hint" });
  private readonly buttons: Record<"reshape" | "move" | "snap" | "undo" | "redo" | "remove" | "history", HTMLButtonElement>;
  private readonly save: HTMLButtonElement;

  constructor(private readonly session: Session, private readonly actions: EditActions) {
    this.form = new FeatureForm(session, (name, value) => actions.typed(name, value));
    this.corners = new CornerList((shape) => actions.reshaped(shape), (place) => actions.focusCorner(place));
    this.buttons = {
      reshape: toolButton("reshape", say("edit.reshape"), () => actions.mode("reshape")),
      move: toolButton("move", say("edit.move"), () => actions.mode("move"), say("edit.moveHint")),
      snap: toolButton("snap", say("edit.snap"), () => actions.toggleSnapping(), `${say("edit.snap")} (S)`),
      undo: toolButton("undo", say("edit.undo"), () => actions.undo(), `${say("edit.undo")} (Ctrl+Z)`),
      redo: toolButton("redo", say("edit.redo"), () => actions.redo(), `${say("edit.redo")} (Ctrl+Y)`),
      history: toolButton("history", say("edit.history"), () => actions.history()),
      remove: toolButton("remove", say("edit.delete"), () => actions.remove()),
    };
    this.save = textButton(say("edit.save"), "button", () => actions.save());
    this.element = this.build();
    this.buttons.move.addEventListener("keydown", (event) => actions.nudge(event.key, event.shiftKey) && event.preventDefault());
    this.refresh();
  }

  focus(): void {
    this.title.focus({ preventScroll: true });
  }

  /** After a step or a key: `typing` names the field whose control is left alone. */
  refresh(typing?: string): void {
    const { session } = this;
    this.title.replaceChildren(element("bdi", {}, session.name));
    this.form.refresh(typing);
    this.form.showProblems(session.problems);
    this.corners.show(session.state.geometry);
    this.buttons.undo.disabled = !session.canUndo;
    this.buttons.redo.disabled = !session.canRedo;
    this.save.disabled = !session.dirty;
    this.showProblems();
  }

  showMode(mode: Mode, snapping: boolean): void {
    press(this.buttons.reshape, mode === "reshape");
    press(this.buttons.move, mode === "move");
    press(this.buttons.snap, snapping);
    const isPoint = this.session.target.kind === "Point";
    this.hint.textContent = say(isPoint ? "edit.hint.point" : mode === "move" ? "edit.hint.move" : mode === "reshape" ? "edit.hint.reshape" : "edit.hint.look");
  }

  /** The words of a refusal or failure; null when all is well. */
  showAlert(parts: Node[] | null): void {
    this.alert.hidden = !parts;
    this.alert.replaceChildren(...(parts ?? []));
    if (parts) this.alert.scrollIntoView({ block: "nearest" });
  }

  showNotice(content: HTMLElement | null): void {
    this.notice.hidden = !content;
    this.notice.replaceChildren(...(content ? [content] : []));
  }

  showLastChange(text: string, mark: HTMLElement | null): void {
    this.last.replaceChildren(text, ...(mark ? [" ", mark] : []));
  }

  showBusy(busy: boolean): void {
    this.save.disabled = busy || !this.session.dirty;
    this.save.textContent = say(busy ? "edit.saving" : "edit.save");
  }

  /** When the draft was kept on this device; null when it could not be, undefined when there is nothing to keep. */
  showKept(at: Date | null | undefined): void {
    this.kept.textContent = at === undefined ? "" : at === null ? say("edit.notKept") : say("edit.kept", { time: formatMoment(at, "time") });
  }

  private showProblems(): void {
    const shown = problemList(this.session, {
      field: (name) => this.form.focus(name),
      place: (place) => this.actions.showPlace(place),
      repair: (shape) => this.actions.reshaped(shape),
      known: (name) => this.form.has(name),
    });
    this.problems.replaceChildren(...(shown ? [shown] : []));
  }

  focusProblem(problems: readonly RuleBroken[]): void {
    this.problems.querySelector("h3")?.focus();
    if (!problems.length) this.focus();
  }

  private build(): HTMLElement {
    const { session, buttons } = this;
    const isPoint = session.target.kind === "Point";
    buttons.reshape.hidden = buttons.snap.hidden = isPoint;
    buttons.remove.hidden = buttons.history.hidden = session.isNew;
    const tools = element("div", { class: "edit-tools", role: "group", "aria-label": say("edit.tools") }, ...Object.values(buttons));
    const why = element("textarea", { id: "edit-why", rows: "1", maxlength: "500", dir: "auto", placeholder: say("edit.whyHint") });
    why.value = session.comment;
    why.addEventListener("input", () => this.actions.commented(why.value));
    const form = element(
      "form",
      { class: "edit-body", novalidate: true, "aria-labelledby": "edit-title" },
      this.notice,
      this.problems,
      this.hint,
      this.form.element,
      this.corners.element,
      element("div", { class: "edit-field" }, element("label", { for: "edit-why" }, say("edit.why")), why),
    );
    form.addEventListener("submit", (event) => event.preventDefault());
    const cancel = textButton(say("edit.cancel"), "button quiet", () => this.actions.cancel());
    const heading = element("div", { class: "edit-heading" }, element("p", { class: "kind" }, session.target.title), this.title, this.last);
    return element("section", { class: "edit-view" }, heading, tools, form, element("footer", { class: "edit-footer" }, this.alert, element("div", { class: "actions" }, this.save, cancel), this.kept));
  }
}
