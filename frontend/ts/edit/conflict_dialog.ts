/** Somebody else changed the same feature: both sides beside each other, a choice for each conflict, then one merged save. */

import { element } from "../dom.ts";
import { formatMoment, formatValue, say } from "../words.ts";
import type { Problem } from "./api.ts";
import { shown } from "./ask.ts";
import { resolve, type Choices, type FieldMerge, type Merge, type Side } from "./merge.ts";
import { miniMap } from "./mini_map.ts";
import type { State } from "./state.ts";
import { titleOfField, type Target } from "./target.ts";

export interface Conflict {
  target: Target;
  problem: Problem;
  base: State | null;
  theirs: State;
  mine: State;
  merge: Merge;
}

export type Decision = { action: "merge"; state: State } | { action: "theirs" } | null;

/** The merged state, "theirs" when mine is given up, null to go on editing as before. */
export async function settle(conflict: Conflict): Promise<Decision> {
  const { merge, theirs, mine } = conflict;
  const choices: { fields: Record<string, Side>; geometry?: Side } = { fields: {} };
  const save = element("button", { type: "button", class: "button", value: "merge" }, say("conflict.save"));
  const missing = element("p", { class: "hint", id: "conflict-missing" }, say("conflict.choose"));
  const refresh = (): void => {
    const done = isDecided(merge, choices);
    save.disabled = !done;
    missing.hidden = done;
  };
  const dialog = element(
    "dialog",
    { class: "edit-dialog conflict", "aria-labelledby": "conflict-title", dir: document.dir },
    element("h2", { id: "conflict-title" }, say("conflict.title")),
    ...whoAndWhy(conflict.problem),
    ...merge.conflicts.map((field) => fieldChoice(conflict.target, field, (side) => ((choices.fields[field.name] = side), refresh()))),
    merge.geometry === "conflict" ? shapeChoice(conflict, (side) => ((choices.geometry = side), refresh())) : null,
    settledList(conflict),
    missing,
    element("div", { class: "actions" }, save, closer("theirs", say("conflict.takeTheirs"), "button danger"), closer("", say("conflict.later"), "button quiet")),
  );
  save.addEventListener("click", () => dialog.close("merge"));
  refresh();
  const answer = await shown<"merge" | "theirs">(dialog);
  if (answer === "merge") return { action: "merge", state: resolve(merge, theirs, mine, choices) };
  return answer === "theirs" ? { action: "theirs" } : null;
}

function isDecided(merge: Merge, choices: Choices): boolean {
  return merge.conflicts.every(({ name }) => choices.fields[name]) && (merge.geometry !== "conflict" || choices.geometry !== undefined);
}

function closer(value: string, label: string, look: string): HTMLElement {
  const button = element("button", { type: "button", class: look }, label);
  button.addEventListener("click", () => button.closest("dialog")?.close(value));
  return button;
}

/** Who changed it, when and why; and whether it was a program that looks at nobody else's work. */
export function whoAndWhy(problem: Problem): HTMLElement[] {
  const time = problem.changed_at ? formatMoment(new Date(problem.changed_at), "both") : "";
  const who = problem.changed_by || say("edit.bySomebody");
  const told = element("p", {}, say("conflict.who", { who: `\u2068${who}\u2069`, time: `\u2068${time}\u2069` }));
  const why = problem.comment ? element("p", {}, element("q", { dir: "auto" }, problem.comment)) : null;
  const mark = problem.unconditional ? element("p", { class: "alert note" }, say("conflict.unconditional")) : null;
  return [told, why, mark].filter((part) => part !== null);
}

function fieldChoice(target: Target, field: FieldMerge, onChoose: (side: Side) => void): HTMLElement {
  const text = (value: unknown) => formatValue(field.name, value, target.fields.get(field.name)) || say("edit.notSet");
  return element(
    "fieldset",
    { class: "conflict-choice" },
    element("legend", {}, titleOfField(target, field.name)),
    element("p", { class: "hint" }, say("conflict.was", { value: `\u2068${text(field.base)}\u2069` })),
    element("div", { class: "sides" }, ...sideBoxes(field.name, { mine: text(field.mine), theirs: text(field.theirs) }, onChoose)),
  );
}

function sideBoxes(name: string, values: Record<Side, string>, onChoose: (side: Side) => void): HTMLElement[] {
  return (["mine", "theirs"] as const).map((side) => {
    const box = element("input", { type: "radio", name: `conflict-${name}`, value: side });
    box.addEventListener("change", () => onChoose(side));
    return element("label", { class: `side ${side}` }, box, element("span", { class: "side-name" }, say(`conflict.${side}`)), element("bdi", {}, values[side]));
  });
}

function shapeChoice({ target, base, theirs, mine }: Conflict, onChoose: (side: Side) => void): HTMLElement {
  const pictured = [
    { shape: base?.geometry ?? null, side: "base", label: say("conflict.base") },
    { shape: theirs.geometry, side: "theirs", label: say("conflict.theirs") },
    { shape: mine.geometry, side: "mine", label: say("conflict.mine") },
  ];
  const values = { mine: say("conflict.myShape"), theirs: say("conflict.theirShape") };
  return element(
    "fieldset",
    { class: "conflict-choice" },
    element("legend", {}, titleOfField(target, "geometry")),
    miniMap(pictured, say("conflict.picture")),
    element("div", { class: "sides" }, ...sideBoxes("geometry", values, onChoose)),
  );
}

/** What needs no question, told all the same. */
function settledList({ target, merge }: Conflict): HTMLElement | null {
  const shape = merge.geometry === "mine" || merge.geometry === "theirs" ? [{ name: "geometry", side: merge.geometry, text: "" }] : [];
  const fields = merge.settled.map(({ name, side, mine, theirs }) => ({ name, side, text: formatValue(name, side === "mine" ? mine : theirs, target.fields.get(name)) || "–" }));
  const lines = [...fields, ...shape].map(({ name, side, text }) => element("li", {}, element("span", { class: `tag ${side}` }, say(`conflict.${side}`)), ` ${titleOfField(target, name)}`, text ? ": " : "", element("bdi", {}, text)));
  return lines.length ? element("div", { class: "conflict-settled" }, element("h3", {}, say("conflict.settled")), element("ul", {}, ...lines)) : null;
}
