/** The editor's keys, where nothing else claims them: not in other parts of the page, not while a dialog is open. */

export interface KeyActions {
  escape(): void;
  /** Whether a shape is being drawn: Enter and Backspace are the drawing's then. */
  drawing(): boolean;
  finish(): void;
  takeBack(): void;
  undo(): void;
  redo(): void;
  remove(): void;
  snap(): void;
}

const TYPED_IN = "input:not([type=checkbox], [type=radio]), textarea, select";
const OWN_UNDO = "textarea, #edit-layer";

/** Listens until the returned function is called. `inside`: the panel and the map. */
export function listenForKeys(inside: readonly HTMLElement[], actions: KeyActions): () => void {
  const onKey = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    const isOurs = target === document.body || inside.some((part) => part.contains(target));
    if (isOurs && !event.defaultPrevented && !document.querySelector("dialog[open]") && handled(event, target, actions)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  document.addEventListener("keydown", onKey, { capture: true });
  return () => document.removeEventListener("keydown", onKey, { capture: true });
}

function handled(event: KeyboardEvent, target: HTMLElement, actions: KeyActions): boolean {
  const typing = target.matches(TYPED_IN);
  if (event.ctrlKey || event.metaKey) return !target.matches(OWN_UNDO) && stepped(event, actions);
  if (event.altKey) return false;
  if (event.key === "Escape") return actions.escape(), true;
  if (typing) return event.key === "Enter" && target.matches("form input");
  if (actions.drawing() && event.key === "Enter" && !target.closest("button")) return actions.finish(), true;
  if (actions.drawing() && event.key === "Backspace") return actions.takeBack(), true;
  if (event.key === "Delete") return actions.remove(), true;
  if (event.key.toLowerCase() === "s") return actions.snap(), true;
  return false;
}

function stepped(event: KeyboardEvent, actions: KeyActions): boolean {
  const key = event.key.toLowerCase();
  if (key === "z" && actions.drawing()) return actions.takeBack(), true;
  if (key === "y" || (key === "z" && event.shiftKey)) return actions.redo(), true;
  return key === "z" ? (actions.undo(), true) : false;
}
