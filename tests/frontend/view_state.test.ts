import assert from "node:assert/strict";
import { test } from "node:test";
import { formatHash, parseHash } from "../../frontend/ts/view_state.ts";
import { formatNumber, formatValue } from "../../frontend/ts/words.ts";
import { typedValue } from "../../frontend/ts/process_form.ts";

test("an address is read as it was written", () => {
  const place = { zoom: 15, lat: 33.59321, lon: -7.61234 };
  const hash = formatHash(place, ["streets", "green-spaces"]);
  assert.equal(hash, "#15/33.59321/-7.61234&layers=streets,green-spaces");
  assert.deepEqual(parseHash(hash), { place, layers: ["streets", "green-spaces"] });
});

test("no layer at all is told from nothing said about layers", () => {
  assert.deepEqual(parseHash("#12/33.5/-7.6&layers=").layers, []);
  assert.equal(parseHash("#12/33.5/-7.6").layers, undefined);
});

test("an address that is none is left out", () => {
  for (const hash of ["", "#", "#a/b/c", "#12/95/0", "#12/33.5", "#-1/0/0", "#12//5"]) assert.equal(parseHash(hash).place, undefined, hash);
});

test("numbers are those of Morocco in Arabic, with Latin digits", () => {
  assert.equal(formatNumber(12345.6, "ar-MA").replace(/[^\d.,]/g, ""), "12.346");
  assert.equal(formatNumber(12.34, "ar-MA").replace(/[^\d.,]/g, ""), "12,3");
});

test("a value is shown by its choice, unit or kind", () => {
  assert.equal(formatValue("kind", "bench", { oneOf: [{ const: "bench", title: "Banc" }] }), "Banc");
  assert.equal(formatValue("width_m", 7.5, { "x-unit-label": "m" }), "7.5\u00a0m");
  assert.equal(formatValue("census_year", 2024, { type: "integer" }), "2024");
  assert.equal(formatValue("collection_days", [1, 3, 5], {}), "1, 3, 5");
  assert.equal(formatValue("service_date", "2026-11-24", { format: "date" }), "24 Nov 2026");
  assert.equal(formatValue("height_m", null, {}), "");
  assert.equal(formatValue("bridge_level", 0, { type: "integer" }), "0");
});

test("what is typed into a form gets the type of the input", () => {
  assert.equal(typedValue("12", "integer"), 12);
  assert.equal(typedValue("1.5", "number"), 1.5);
  assert.equal(typedValue("true", "boolean"), true);
  assert.deepEqual(typedValue("a, b,,c", "array"), ["a", "b", "c"]);
  assert.equal(typedValue("12", "string"), "12");
});
