import assert from "node:assert/strict";
import { test } from "node:test";
import { sameTask, usualOther } from "../../frontend/ts/routes/compare.ts";
import { chartScale, stepPath, type CostPoint } from "../../frontend/ts/routes/cost_chart.ts";
import { changePct, signed, verdict } from "../../frontend/ts/routes/figures.ts";
import { leftOutOf, type Plan, type PlanFacts } from "../../frontend/ts/routes/service.ts";

const plan = (id: string, facts: Partial<PlanFacts> = {}): Plan => ({
  id,
  feature: id,
  facts: { external_id: id, kind: "containers", fraction: "mixed", service_date: "2026-11-28", status: "draft", based_on: null, ...facts } as PlanFacts,
});

test("a difference has its sign, and none where the eye sees nought", () => {
  assert.deepEqual([signed(3.25), signed(-3.25), signed(0), signed(0.0001)], ["+3.3", "−3.3", "±0", "±0"]);
});

test("better is less, unless more is better; a thousandth is no difference", () => {
  assert.deepEqual([verdict(90, 100, true), verdict(110, 100, true), verdict(110, 100, false)], ["better", "worse", "better"]);
  assert.deepEqual([verdict(100.05, 100, true), verdict(0, 0, true), verdict(7, 5, null)], ["same", "same", "other"]);
});

test("a change is in hundredths of what was before, and unknown where there was nothing", () => {
  assert.deepEqual([changePct(200, 150), changePct(0, 5), changePct(null, 5), changePct(5, null)], [-25, null, null, null]);
});

test("the cost falls in steps, the highest at the top, the time from left to right", () => {
  const points: CostPoint[] = [[0, 200], [5, 150], [10, 100]];
  const scale = chartScale(points, 20);
  assert.equal(scale.y(200), 10);
  assert.ok(scale.y(100) > scale.y(150));
  assert.ok(scale.x(10) < scale.x(20) && scale.x(20) === 312);
  assert.match(stepPath(points, scale), /^M52\.0 10\.0H117\.0V[\d.]+H182\.0V[\d.]+$/);
});

test("a search that never got better is a level line", () => {
  const { y } = chartScale([[0, 80], [9, 80]], 10);
  assert.ok(Number.isFinite(y(80)));
  assert.equal(y(80), 10);
});

test("a plan is first compared with what is published for its day, else with the one it was made from", () => {
  const draft = plan("new", { based_on: "old" });
  const [old, today, other] = [plan("old"), plan("today", { status: "published" }), plan("other", { status: "published", service_date: "2026-11-29" })];
  assert.equal(usualOther(draft, [draft, old, other, today]), "today");
  assert.equal(usualOther(draft, [draft, old, other]), "old");
  assert.equal(usualOther(draft, [draft, other]), "");
  assert.equal(sameTask(draft.facts, other.facts), false);
});

test("what is left out is told by its identifier, as a list or by name", () => {
  const { facts } = plan("p", { left_out: { "c-1": { code: "too_far", reason: "No street is near" } } });
  assert.deepEqual(leftOutOf(facts), [{ id: "c-1", code: "too_far", reason: "No street is near" }]);
  assert.deepEqual(leftOutOf({ ...facts, left_out: null }), []);
});
