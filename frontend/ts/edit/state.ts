/** What a person edits: a shape and values. What changed, and its merge patch (RFC 7396). Pure. */

import { sameShape, type Shape } from "./shapes.ts";

export type Values = Readonly<Record<string, unknown>>;

export interface State {
  geometry: Shape | null;
  values: Values;
}

export interface MergePatch {
  geometry?: Shape | null;
  properties?: Record<string, unknown>;
}

/** Equal as JSON: dates are texts, arrays are compared member by member. "Nothing" has one form. */
export function sameValue(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

export function changedNames(from: Values, to: Values, names: readonly string[]): string[] {
  return names.filter((name) => !sameValue(from[name], to[name]));
}

/** Only what differs; null when nothing does. */
export function patchBetween(from: State, to: State, names: readonly string[]): MergePatch | null {
  const changed = changedNames(from.values, to.values, names);
  const patch: MergePatch = {
    ...(!sameShape(from.geometry, to.geometry) && { geometry: to.geometry }),
    ...(changed.length > 0 && { properties: Object.fromEntries(changed.map((name) => [name, to.values[name] ?? null])) }),
  };
  return Object.keys(patch).length ? patch : null;
}

/** For a new feature: what was filled in; the rest is the service's to choose. */
export function filledIn(values: Values, names: readonly string[]): Record<string, unknown> {
  const filled = names.filter((name) => values[name] !== undefined && values[name] !== null && values[name] !== "");
  return Object.fromEntries(filled.map((name) => [name, values[name]]));
}

/** The state of a feature as the service tells it. */
export function stateOf(feature: { geometry: Shape | null; properties: Values }): State {
  return { geometry: feature.geometry, values: { ...feature.properties } };
}
