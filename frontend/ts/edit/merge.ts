/** Three-way merge of one feature, by field and by shape: what only one side changed is taken, the rest is asked. Pure. */

import { sameShape } from "./shapes.ts";
import { sameValue, type State, type Values } from "./state.ts";

export type Side = "mine" | "theirs";

export interface FieldMerge {
  name: string;
  base: unknown;
  theirs: unknown;
  mine: unknown;
}

export interface Merge {
  /** Changed by both, to different values. */
  conflicts: FieldMerge[];
  /** Changed by one side only; `side` says which. */
  settled: (FieldMerge & { side: Side })[];
  geometry: Side | "same" | "conflict";
}

/** `base` is null when it is not known: then whatever differs is asked. `names`: the fields that may be written. */
export function mergeStates(base: State | null, theirs: State, mine: State, names: readonly string[]): Merge {
  const fields = names.map((name) => ({
    name,
    base: base?.values[name] ?? null,
    theirs: theirs.values[name] ?? null,
    mine: mine.values[name] ?? null,
  }));
  const differing = fields.filter((field) => !sameValue(field.mine, field.theirs));
  const sideOf = (field: FieldMerge): Side | null =>
    !base ? null : sameValue(field.theirs, field.base) ? "mine" : sameValue(field.mine, field.base) ? "theirs" : null;
  return {
    conflicts: differing.filter((field) => sideOf(field) === null),
    settled: differing.flatMap((field) => {
      const side = sideOf(field);
      return side ? [{ ...field, side }] : [];
    }),
    geometry: mergeShapes(base, theirs, mine),
  };
}

function mergeShapes(base: State | null, theirs: State, mine: State): Merge["geometry"] {
  if (sameShape(mine.geometry, theirs.geometry)) return "same";
  if (!base) return "conflict";
  if (sameShape(theirs.geometry, base.geometry)) return "mine";
  return sameShape(mine.geometry, base.geometry) ? "theirs" : "conflict";
}

export const isClean = (merge: Merge): boolean => merge.conflicts.length === 0 && merge.geometry !== "conflict";

export interface Choices {
  fields: Readonly<Record<string, Side>>;
  geometry?: Side;
}

/** What is to be saved over theirs. Throws when a conflict has no choice: nothing is decided by default. */
export function resolve(merge: Merge, theirs: State, mine: State, choices: Choices): State {
  const values: Record<string, unknown> = { ...theirs.values };
  for (const field of merge.settled) values[field.name] = field[field.side];
  for (const field of merge.conflicts) {
    const side = choices.fields[field.name];
    if (!side) throw new Error(`No choice was made for ${field.name}.`);
    values[field.name] = field[side];
  }
  const side = merge.geometry === "conflict" ? choices.geometry : merge.geometry;
  if (!side) throw new Error("No choice was made for the shape.");
  return { geometry: side === "mine" ? mine.geometry : theirs.geometry, values: values as Values };
}
