/** One control for one field: text, number with its unit, choice, yes or no, date, moment, days of the week, list. */

import { element } from "../dom.ts";
import { formatValue, locale, say, timeZone } from "../words.ts";
import { controlOf, emptied, readControl, writeControl, type Control, type EditableField } from "./values.ts";

export interface FieldInput {
  /** What stands in the form: label, control, place for an error. */
  element: HTMLElement;
  /** Shows a value without telling of it. */
  show(value: unknown): void;
  focus(): void;
  markWrong(message: string | null): void;
}

interface Asked {
  name: string;
  field: EditableField;
  required: boolean;
  before: unknown;
  onInput(value: unknown): void;
}

type Box = HTMLInputElement | HTMLSelectElement;
const MONDAY = Date.UTC(2024, 0, 1);

export function fieldInput(asked: Asked): FieldInput {
  const control = controlOf(asked.name, asked.field);
  return control === "days" ? daysInput(asked) : boxInput(asked, control);
}

const idOf = (name: string) => `edit-${name}`;

function boxInput(asked: Asked, control: Control): FieldInput {
  const { name, field, onInput, before } = asked;
  const box = boxFor(control, asked);
  box.addEventListener("input", () => {
    const value = readControl(control, box.value, timeZone, field);
    onInput(value === "" ? emptied(name, before) : value);
  });
  const unit = field["x-unit-label"] ? element("span", { class: "unit", dir: "ltr" }, field["x-unit-label"]) : null;
  const error = element("p", { class: "field-error", id: `${box.id}-error`, hidden: true });
  return {
    element: element("div", { class: "edit-field" }, labelFor(asked, box.id), element("div", { class: "with-unit" }, box, unit), error),
    show: (value) => (box.value = writeControl(control, value, timeZone)),
    focus: () => box.focus(),
    markWrong: (message) => markWrong(box, error, message),
  };
}

function labelFor({ field, name, required }: Asked, id: string): HTMLElement {
  return element("label", { for: id }, field.title ?? name, required && element("span", { class: "required" }, ` (${say("edit.required")})`));
}

function markWrong(box: HTMLElement, error: HTMLElement, message: string | null): void {
  error.hidden = message === null;
  error.textContent = message ?? "";
  if (message === null) {
    box.removeAttribute("aria-invalid");
    box.removeAttribute("aria-describedby");
  } else {
    box.setAttribute("aria-invalid", "true");
    box.setAttribute("aria-describedby", error.id);
  }
}

function boxFor(control: Control, { name, field, required }: Asked): Box {
  const shared = { id: idOf(name), name, "aria-required": required ? "true" : undefined };
  if (control === "choice") return choiceBox(shared, (field.oneOf ?? []).map((option) => [String(option.const), option.title]));
  if (control === "yes-no") return choiceBox(shared, [["true", say("yes")], ["false", say("no")]]);
  const types: Partial<Record<Control, Record<string, string>>> = {
    integer: { inputmode: "numeric", dir: "ltr" },
    number: { inputmode: "decimal", dir: "ltr" },
    date: { type: "date" },
    "date-time": { type: "datetime-local" },
    list: { placeholder: say("edit.listHint"), dir: "auto" },
    shown: { readonly: "" },
  };
  return element("input", { type: "text", autocomplete: "off", ...shared, ...(types[control] ?? { dir: "auto" }) });
}

/** The empty choice is "nothing chosen": the service then keeps its own default. */
function choiceBox(attributes: Record<string, string | undefined>, options: [string, string][]): HTMLSelectElement {
  const items = [["", say("edit.notSet")] as [string, string], ...options].map(([value, title]) => element("option", { value }, title));
  return element("select", attributes, ...items);
}

/** Seven boxes, Monday first; the value is a list of 1 to 7. */
function daysInput({ name, field, onInput }: Asked): FieldInput {
  const format = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });
  const boxes = Array.from({ length: 7 }, (_, day) => element("input", { type: "checkbox", value: String(day + 1), id: `${idOf(name)}-${day + 1}` }));
  const days = () => boxes.filter((box) => box.checked).map((box) => Number(box.value));
  for (const box of boxes) box.addEventListener("input", () => onInput(days()));
  const labels = boxes.map((box, day) => element("label", { for: box.id }, box, format.format(MONDAY + day * 86_400_000)));
  const error = element("p", { class: "field-error", id: `${idOf(name)}-error`, hidden: true });
  const group = element("fieldset", { class: "edit-field days" }, element("legend", {}, field.title ?? name), element("div", { class: "day-boxes" }, ...labels), error);
  return {
    element: group,
    show: (value) => boxes.forEach((box) => (box.checked = Array.isArray(value) && value.includes(Number(box.value)))),
    focus: () => boxes[0]?.focus(),
    markWrong: (message) => markWrong(group, error, message),
  };
}

/** What this person may see but not set. */
export function shownFact(name: string, field: EditableField, value: unknown): HTMLElement | null {
  const text = formatValue(name, value, field);
  return text ? element("tr", {}, element("th", { scope: "row" }, field.title ?? name), element("td", {}, element("bdi", {}, text))) : null;
}
