import assert from "node:assert/strict";
import { test } from "node:test";
import { isClean, mergeStates, resolve } from "../../frontend/ts/edit/merge.ts";
import { filledIn, patchBetween, type State } from "../../frontend/ts/edit/state.ts";

const NAMES = ["reference", "land_use", "days"];
const at = (x: number): GeoJSON.Point => ({ type: "Point", coordinates: [x, 33.5] });
const state = (values: Record<string, unknown>, x = -7.6): State => ({ geometry: at(x), values });
const BASE = state({ reference: "P-1", land_use: "vacant", days: [1, 3], version: 4 });

test("what only one side changed is taken from that side", () => {
  const theirs = state({ ...BASE.values, land_use: "green", version: 5 });
  const mine = state({ ...BASE.values, reference: "P-1a" });
  const merge = mergeStates(BASE, theirs, mine, NAMES);
  assert.ok(isClean(merge));
  assert.deepEqual(merge.settled.map(({ name, side }) => [name, side]), [["reference", "mine"], ["land_use", "theirs"]]);
  const merged = resolve(merge, theirs, mine, { fields: {} });
  assert.deepEqual(merged.values, { reference: "P-1a", land_use: "green", days: [1, 3], version: 5 });
});

test("what both changed to different values is asked, and nothing is decided by default", () => {
  const theirs = state({ ...BASE.values, land_use: "green" });
  const mine = state({ ...BASE.values, land_use: "public" });
  const merge = mergeStates(BASE, theirs, mine, NAMES);
  assert.deepEqual(merge.conflicts, [{ name: "land_use", base: "vacant", theirs: "green", mine: "public" }]);
  assert.throws(() => resolve(merge, theirs, mine, { fields: {} }), /land_use/);
  assert.equal(resolve(merge, theirs, mine, { fields: { land_use: "mine" } }).values.land_use, "public");
  assert.equal(resolve(merge, theirs, mine, { fields: { land_use: "theirs" } }).values.land_use, "green");
});

test("both to the same value is no conflict; lists are compared by what they hold", () => {
  const both = state({ ...BASE.values, days: [2] });
  const merge = mergeStates(BASE, both, state({ ...BASE.values, days: [2] }), NAMES);
  assert.deepEqual(merge, { conflicts: [], settled: [], geometry: "same" });
});

test("a shape that one side moved is taken; one that both moved is asked", () => {
  assert.equal(mergeStates(BASE, state(BASE.values, -7.7), BASE, NAMES).geometry, "theirs");
  assert.equal(mergeStates(BASE, BASE, state(BASE.values, -7.7), NAMES).geometry, "mine");
  const theirs = state(BASE.values, -7.7);
  const mine = state(BASE.values, -7.8);
  const merge = mergeStates(BASE, theirs, mine, NAMES);
  assert.equal(merge.geometry, "conflict");
  assert.throws(() => resolve(merge, theirs, mine, { fields: {} }), /shape/);
  assert.deepEqual(resolve(merge, theirs, mine, { fields: {}, geometry: "mine" }).geometry, at(-7.8));
});

test("without a known base, whatever differs is asked", () => {
  const merge = mergeStates(null, state({ land_use: "green" }), state({ land_use: "public" }, -7.7), NAMES);
  assert.deepEqual(merge.conflicts.map(({ name }) => name), ["land_use"]);
  assert.equal(merge.geometry, "conflict");
});

test("a patch holds only what differs, emptied values as null", () => {
  const now = state({ ...BASE.values, reference: null, version: 9 });
  assert.deepEqual(patchBetween(BASE, now, NAMES), { properties: { reference: null } });
  assert.deepEqual(patchBetween(BASE, state(BASE.values, -7.5), NAMES), { geometry: at(-7.5) });
  assert.equal(patchBetween(BASE, state(BASE.values, -7.600000001), NAMES), null);
});

test("a new feature is sent with what was filled in", () => {
  assert.deepEqual(filledIn({ reference: "", land_use: "green", days: [], other: 1 }, NAMES), { land_use: "green", days: [] });
});
