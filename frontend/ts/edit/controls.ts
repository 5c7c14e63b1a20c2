/** Buttons of the editor: a pictogram with its name under it, or beside it. */

import { element } from "../dom.ts";
import { icon, type Icon } from "./icons.ts";

export function toolButton(name: Icon, label: string, action: () => void, hint?: string): HTMLButtonElement {
  const button = element("button", { type: "button", class: "tool", title: hint, "data-tool": name });
  button.append(icon(name), element("span", {}, label));
  button.addEventListener("click", action);
  return button;
}

export function textButton(label: string, look: string, action: () => void): HTMLButtonElement {
  const button = element("button", { type: "button", class: look }, label);
  button.addEventListener("click", action);
  return button;
}

export function press(button: HTMLElement, on: boolean): void {
  button.setAttribute("aria-pressed", String(on));
}
