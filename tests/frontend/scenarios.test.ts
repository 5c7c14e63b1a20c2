/** Operations of a scenario: what is joined, how large it is, and how a change of a figure is told. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { SavedScenario } from "../../frontend/ts/scenarios/api.ts";
import { changeOf, onOneCity } from "../../frontend/ts/scenarios/figures.ts";
import { areaOf, hectareAround, pointAt, withStep, type Step } from "../../frontend/ts/scenarios/operations.ts";

const tree = (lon: number): Step => ({ operation: { op: "plant", geometry: pointAt(lon, 33.5) } });
const figure = (before: number | null, after: number | null) => ({ id: "trees", unit: "", before, after });

test("a hectare in the middle of the map is a hectare", () => {
  for (const latitude of [0, 33.57, 60.2]) assert.ok(Math.abs(areaOf(hectareAround(-7.6, latitude)) / 10_000 - 1) < 1e-3);
});

test("a hole is no area", () => {
  const [outer] = hectareAround(-7.6, 33.5).coordinates as [GeoJSON.Position[]];
  assert.ok(areaOf({ type: "Polygon", coordinates: [outer, outer] }) < 1e-6);
});

test("trees planted one after another are one step, others are not", () => {
  const door: Step = { operation: { op: "open", geometry: pointAt(-7.6, 33.5) } };
  const steps = [tree(-7.6), tree(-7.61), door, tree(-7.62)].reduce<Step[]>(withStep, []);
  assert.deepEqual(steps.map(({ operation }) => operation.op), ["plant", "open", "plant"]);
  assert.equal((steps[0]?.operation as { geometry: GeoJSON.MultiPoint }).geometry.coordinates.length, 2);
});

test("a change has its sign; nothing and the unknown are words", () => {
  assert.deepEqual(changeOf(figure(1, 3.5)), { text: "+2.5", kind: "more" });
  assert.deepEqual(changeOf(figure(3, 2)), { text: "-1", kind: "less" });
  assert.deepEqual(changeOf({ ...figure(0.5, 0.4979), id: "green_gini" }), { text: "-0.0021", kind: "more" });
  assert.equal(changeOf(figure(2, 2)).text, "result.same");
  assert.equal(changeOf(figure(null, 2)).text, "result.unknown");
});

test("scenarios of a city that changed between them do not begin from one day", () => {
  const of = (before: number | null) => ({ results: { city: [figure(before, 5)] } }) as SavedScenario;
  assert.ok(onOneCity(of(1), of(1)) && onOneCity(of(null), of(null)));
  assert.ok(!onOneCity(of(1), of(2)) && !onOneCity(of(1), of(null)));
});
