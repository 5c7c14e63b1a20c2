/** One short message at a time over the map, with an action such as "Undo"; it stays while it is pointed at or focused. */

import { announce, element } from "../dom.ts";

const STAYS_MS = 15_000;

export class Toast {
  private readonly box = element("div", { class: "toast", dir: document.dir, hidden: true });
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parent: HTMLElement) {
    parent.append(this.box);
    for (const pause of ["pointerenter", "focusin"]) this.box.addEventListener(pause, () => clearTimeout(this.timer));
    for (const go of ["pointerleave", "focusout"]) this.box.addEventListener(go, () => this.hideLater());
  }

  /** The action runs once; the message goes then. */
  show(text: string, action?: { label: string; run: () => void }): void {
    const button = action && element("button", { type: "button", class: "link" }, action.label);
    button?.addEventListener("click", () => (this.hide(), action?.run()));
    this.box.replaceChildren(element("span", {}, text), ...(button ? [button] : []));
    this.box.hidden = false;
    announce(text);
    this.hideLater();
  }

  hide(): void {
    this.box.hidden = true;
  }

  private hideLater(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hide(), STAYS_MS);
  }
}
