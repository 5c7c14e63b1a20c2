/** The form of a feature: a control for each field that may be set, a table of the facts that may not. */

import { element } from "../dom.ts";
import { say } from "../words.ts";
import type { RuleBroken } from "./api.ts";
import { fieldInput, shownFact, type FieldInput } from "./field_inputs.ts";
import type { Session } from "./session.ts";

/** Names last: what a thing is comes before what it is called in three languages and who numbered it. */
const LAST = ["external_id", "source"];

export class FeatureForm {
  readonly element: HTMLElement;
  private readonly inputs = new Map<string, FieldInput>();

  constructor(private readonly session: Session, onInput: (name: string, value: unknown) => void) {
    const { target, base } = session;
    const mine = [...target.fields].filter(([name]) => target.writable.includes(name)).sort(([a], [b]) => LAST.indexOf(a) - LAST.indexOf(b));
    for (const [name, field] of mine) {
      const asked = { name, field, required: target.required.has(name), before: base.values[name], onInput: (value: unknown) => onInput(name, value) };
      this.inputs.set(name, fieldInput(asked));
    }
    const facts = [...target.fields].filter(([name]) => !target.writable.includes(name)).map(([name, field]) => shownFact(name, field, base.values[name]));
    this.element = element(
      "div",
      { class: "edit-form" },
      ...[...this.inputs.values()].map((input) => input.element),
      facts.some(Boolean) && element("details", { class: "edit-facts" }, element("summary", {}, say("edit.readOnly")), element("table", {}, element("tbody", {}, ...facts))),
    );
    this.refresh();
  }

  /** Shows the session's values, but leaves the control alone in which somebody is typing that same value. */
  refresh(except?: string): void {
    for (const [name, input] of this.inputs) if (name !== except) input.show(this.session.state.values[name]);
  }

  showProblems(problems: readonly RuleBroken[]): void {
    for (const [name, input] of this.inputs) {
      const told = problems.filter((problem) => problem.field === name).map(({ rule, cure }) => `${rule}. ${cure}`);
      input.markWrong(told.length ? told.join(" ") : null);
    }
  }

  has(name: string): boolean {
    return this.inputs.has(name);
  }

  focus(name: string): void {
    this.inputs.get(name)?.focus();
  }
}
