/** Carries a task from the list or the map onto a crew, by mouse or pen; a finger scrolls, and moves by "move to". */

import { element } from "../dom.ts";

export const DROP_ATTRIBUTE = "data-drop-vehicle";
const BEGINS_AFTER_PX = 6;

/** `onDrop` gets the vehicle of the row that it was let go over. */
export function draggable(handle: Element, label: () => string, onDrop: (vehicle: string) => void): void {
  handle.addEventListener("mousedown", (event) => event.stopPropagation()); // else the map would move along
  handle.addEventListener("pointerdown", (event) => {
    const { pointerType, button, clientX, clientY } = event as PointerEvent;
    if (pointerType !== "touch" && button === 0) carry(clientX, clientY, label, onDrop);
  });
}

function carry(fromX: number, fromY: number, label: () => string, onDrop: (vehicle: string) => void): void {
  let ghost: HTMLElement | null = null;
  let row: Element | null = null;
  const ended = new AbortController();
  const listen = { signal: ended.signal };

  const end = (drop: boolean): void => {
    ended.abort();
    ghost?.remove();
    row?.classList.remove("drop");
    document.body.classList.remove("carrying");
    if (ghost) window.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
    if (drop && row) onDrop(row.getAttribute(DROP_ATTRIBUTE) as string);
  };
  window.addEventListener(
    "pointermove",
    ({ clientX, clientY }) => {
      if (!ghost && Math.hypot(clientX - fromX, clientY - fromY) < BEGINS_AFTER_PX) return;
      ghost ??= raise(label());
      ghost.style.left = `${clientX + 12}px`;
      ghost.style.top = `${clientY + 8}px`;
      const under = document.elementFromPoint(clientX, clientY)?.closest(`[${DROP_ATTRIBUTE}]`) ?? null;
      if (under === row) return;
      row?.classList.remove("drop");
      under?.classList.add("drop");
      row = under;
    },
    listen,
  );
  window.addEventListener("pointerup", () => end(true), listen);
  window.addEventListener("pointercancel", () => end(false), listen);
  window.addEventListener("keydown", (event) => event.key === "Escape" && end(false), listen);
}

function raise(text: string): HTMLElement {
  const ghost = element("div", { class: "carried", "aria-hidden": "true" }, text);
  document.body.classList.add("carrying");
  document.body.append(ghost);
  return ghost;
}

/** The click that ends a drag chooses nothing. */
function swallow(event: Event): void {
  event.stopPropagation();
  event.preventDefault();
}
