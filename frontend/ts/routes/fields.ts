/** Fields of a form: a label, the control, help that says what it does; groups with a legend; the form around them. */

import { element } from "../dom.ts";
import { say, timeZone } from "../words.ts";

let number = 0;

/** `control` gets the label and the help; the empty value means "the city's own". */
export function labelled<C extends HTMLInputElement | HTMLSelectElement>(label: string, control: C, help = ""): HTMLElement {
  control.id = `routes-field-${++number}`;
  const about = help && element("span", { class: "about", id: `${control.id}-about` }, help);
  if (about) control.setAttribute("aria-describedby", about.id);
  return element("p", { class: "field" }, element("label", { for: control.id }, label), control, about);
}

export function checkable(label: string | Node, control: HTMLInputElement, help = ""): HTMLElement {
  return element("label", { class: "check" }, control, element("span", {}, label, help && element("span", { class: "about" }, help)));
}

export function group(legend: string, ...content: (Node | string | null)[]): HTMLFieldSetElement {
  return element("fieldset", {}, element("legend", {}, legend), ...content);
}

export function folded(summary: string, ...content: Node[]): HTMLDetailsElement {
  return element("details", {}, element("summary", {}, summary), ...content);
}

export const input = (type: string, attributes: Record<string, string | boolean | undefined> = {}): HTMLInputElement =>
  element("input", { type, ...attributes });

export function select(options: readonly { value: string; label: string }[], chosen = ""): HTMLSelectElement {
  const made = element("select", {}, ...options.map(({ value, label }) => element("option", { value }, label)));
  made.value = chosen;
  return made;
}

/** A number that was typed; undefined for none. */
export const numberIn = ({ value }: HTMLInputElement): number | undefined => (value.trim() === "" ? undefined : Number(value));
export const textIn = ({ value }: HTMLInputElement | HTMLSelectElement): string | undefined => value.trim() || undefined;

/** In the city's zone, as 2026-11-23. */
export const today = (): string => new Intl.DateTimeFormat("sv-SE", { timeZone }).format(new Date());

/** A form at the side. `onSubmit` may throw: its reason is shown, what was typed stays. */
export function sideForm(title: string, groups: readonly Node[], submitLabel: string, leaveTo: string, onSubmit: () => Promise<void>): HTMLElement {
  const alert = element("p", { class: "alert", role: "alert", tabindex: "-1", dir: "auto", hidden: true });
  const submit = element("button", { type: "submit", class: "button" }, submitLabel);
  const leave = element("a", { class: "button quiet", href: leaveTo }, say("routes.form.leave"));
  const form = element("form", { class: "plan-form form" }, ...groups, alert, element("div", { class: "actions form-actions" }, submit, leave));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit.disabled = true;
    alert.hidden = true;
    onSubmit()
      .catch((error: Error) => {
        alert.hidden = false;
        alert.textContent = error.message;
        alert.focus({ preventScroll: true });
        alert.scrollIntoView({ block: "start" });
      })
      .finally(() => (submit.disabled = false));
  });
  return element("div", { class: "side-view" }, element("h2", { tabindex: "-1" }, title), form);
}
