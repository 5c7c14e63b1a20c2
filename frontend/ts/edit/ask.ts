/** A question in a dialog, on the browser's own <dialog>: it keeps the focus, Esc leaves it, the focus goes back. */

import { element } from "../dom.ts";

export interface Answer<T extends string> {
  id: T;
  label: string;
  kind?: "primary" | "danger";
}

/** The chosen answer, or null when the dialog was left. */
export function ask<T extends string>(title: string, body: readonly (string | Node)[], answers: readonly Answer<T>[]): Promise<T | null> {
  const dialog = element("dialog", { class: "edit-dialog", "aria-labelledby": "ask-title", dir: document.dir });
  const buttons = answers.map(({ id, label, kind }) => {
    const look = kind === "primary" ? "button" : kind === "danger" ? "button danger" : "button quiet";
    const button = element("button", { type: "button", class: look, value: id }, label);
    button.addEventListener("click", () => dialog.close(id));
    return button;
  });
  dialog.append(
    element("h2", { id: "ask-title" }, title),
    ...body.map((part) => (typeof part === "string" ? element("p", {}, part) : part)),
    element("div", { class: "actions" }, ...buttons),
  );
  return shown<T>(dialog);
}

/** Opens the dialog and waits for its value; it is gone afterwards. */
export function shown<T extends string>(dialog: HTMLDialogElement): Promise<T | null> {
  const cameFrom = document.activeElement as HTMLElement | null;
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (cameFrom?.isConnected) cameFrom.focus({ preventScroll: true });
      resolve((dialog.returnValue || null) as T | null);
    });
  });
}
