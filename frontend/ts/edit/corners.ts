/** The corners of a shape as a list of coordinates: the way to draw without a pointer, and the exact one. */

import { announce, element } from "../dom.ts";
import { say } from "../words.ts";
import { insertCorner, mayRemove, moveCorner, pathsOf, removeCorner, type Position, type Shape } from "./shapes.ts";
import { icon } from "./icons.ts";
import { parseNumber } from "./values.ts";

const MOST_LISTED = 200;

export class CornerList {
  readonly element: HTMLDetailsElement;
  private readonly list = element("ol", { class: "corners", dir: "ltr" });
  private readonly more = element("p", { class: "hint", hidden: true });
  private shape: Shape | null = null;

  /** `onFocus` gets the place of the corner that is being typed at, null when none is. */
  constructor(
    private readonly onChange: (shape: Shape) => void,
    private readonly onFocus: (place: Position | null) => void,
  ) {
    this.element = element("details", { class: "edit-corners" }, element("summary", {}, say("edit.corners")), element("p", { class: "hint" }, say("edit.cornersHint")), this.list, this.more);
    this.element.addEventListener("toggle", () => this.render());
    this.list.addEventListener("focusout", () => onFocus(null));
  }

  show(shape: Shape | null): void {
    this.shape = shape;
    this.render();
  }

  open(): void {
    this.element.open = true;
    this.render();
    this.list.querySelector("input")?.focus();
  }

  /** Keeps the focus where it was, by its place in the list. */
  private render(): void {
    if (!this.element.open || !this.shape) return this.list.replaceChildren();
    const focused = [...this.list.querySelectorAll("input, button")].indexOf(document.activeElement as Element);
    const places = pathsOf(this.shape).flatMap((corners, path) => corners.map((at, corner) => ({ path, corner, at })));
    this.list.replaceChildren(...places.slice(0, MOST_LISTED).map(({ path, corner, at }, index) => this.row(path, corner, at, index + 1)));
    this.more.hidden = places.length <= MOST_LISTED;
    this.more.textContent = say("edit.cornersMore", { shown: MOST_LISTED, total: places.length });
    if (focused >= 0) ([...this.list.querySelectorAll("input, button")] as HTMLElement[])[focused]?.focus();
  }

  private row(path: number, corner: number, at: Position, number: number): HTMLElement {
    const shape = this.shape as Shape;
    const isPoint = shape.type === "Point";
    const row = element(
      "li",
      {},
      ...([1, 0] as const).map((axis) => this.axisBox(path, corner, at, axis, number)),
      isPoint ? null : this.button("add", say("edit.cornerAdd", { number }), () => this.change(insertCorner(shape, path, corner), say("edit.cornerAdded", { number: number + 1 }))),
      isPoint || !mayRemove(shape, path) ? null : this.button("close", say("edit.cornerRemove", { number }), () => this.change(removeCorner(shape, path, corner), say("edit.cornerRemoved", { number }))),
    );
    row.addEventListener("focusin", () => this.onFocus(at));
    return row;
  }

  /** Latitude comes first, as people write it. */
  private axisBox(path: number, corner: number, at: Position, axis: 0 | 1, number: number): HTMLInputElement {
    const label = say(axis ? "edit.latitude" : "edit.longitude", { number });
    const box = element("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": label, title: label, value: String(at[axis]) });
    box.addEventListener("change", () => {
      const typed = parseNumber(box.value);
      const fits = Math.abs(typed) <= (axis ? 90 : 180);
      box.toggleAttribute("aria-invalid", !fits);
      if (!fits) return box.setAttribute("aria-invalid", "true");
      this.change(moveCorner(this.shape as Shape, path, corner, axis ? [at[0], typed] : [typed, at[1]]), "");
    });
    return box;
  }

  private button(name: "add" | "close", label: string, action: () => void): HTMLElement {
    const button = element("button", { type: "button", class: "icon-button", "aria-label": label, title: label });
    button.append(icon(name));
    button.addEventListener("click", action);
    return button;
  }

  private change(shape: Shape, message: string): void {
    this.onChange(shape);
    if (message) announce(message);
  }
}
