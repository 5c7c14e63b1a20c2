import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { LayerInfo, StyleLayer } from "../../frontend/ts/catalogue.ts";
import { compile, nameOf } from "../../frontend/ts/expression.ts";
import { circleRadius } from "../../frontend/ts/rules.ts";

const CATALOG = join("layers", "catalog");

function evaluate(expression: unknown, properties: Record<string, unknown> = {}, zoom = 12, language = "fr") {
  return compile(expression, language)(zoom, properties);
}

test("a constant is itself", () => {
  assert.equal(evaluate("#aabbcc"), "#aabbcc");
  assert.equal(evaluate(3), 3);
});

test("match takes the output of the label, else the last", () => {
  const expression = ["match", ["get", "kind"], "park", 1, ["wood", "forest"], 2, 9];
  assert.equal(evaluate(expression, { kind: "park" }), 1);
  assert.equal(evaluate(expression, { kind: "forest" }), 2);
  assert.equal(evaluate(expression, { kind: "lake" }), 9);
  assert.equal(evaluate(expression, {}), 9);
});

test("match tells the number 0 from a missing value", () => {
  const expression = ["match", ["get", "color_index"], 0, "#1f77b4", "#444444"];
  assert.equal(evaluate(expression, { color_index: 0 }), "#1f77b4");
  assert.equal(evaluate(expression, {}), "#444444");
});

test("step is closed below, and no value is no class", () => {
  const expression = ["step", ["get", "fill_pct"], "low", 50, "half", 90, "full"];
  assert.deepEqual([0, 49.9, 50, 90, 140].map((fill_pct) => evaluate(expression, { fill_pct })), ["low", "low", "half", "full", "full"]);
  assert.equal(evaluate(expression, { fill_pct: null }), undefined);
});

test("interpolate is linear between stops and flat outside", () => {
  const expression = ["interpolate", ["linear"], ["zoom"], 13, 2, 17, 6];
  assert.deepEqual([10, 13, 15, 17, 20].map((zoom) => evaluate(expression, {}, zoom)), [2, 2, 4, 6, 6]);
});

test("interpolate takes a match at each stop", () => {
  const width = (main: number, other: number) => ["match", ["get", "street_class"], "primary", main, other];
  const expression = ["interpolate", ["linear"], ["zoom"], 13, width(4, 1), 17, width(12, 5)];
  assert.equal(evaluate(expression, { street_class: "primary" }, 15), 8);
  assert.equal(evaluate(expression, { street_class: "track" }, 15), 3);
});

test("exponential interpolation grows with its base", () => {
  assert.equal(evaluate(["interpolate", ["exponential", 2], ["zoom"], 10, 0, 12, 30], {}, 11), 10);
});

test("the name is that of the page's language, else French, English, Arabic, never empty", () => {
  const both = { name_fr: "Parc", name_ar: "منتزه", name_en: "" };
  assert.equal(nameOf(both, "ar"), "منتزه");
  assert.equal(nameOf(both, "en"), "Parc");
  assert.equal(evaluate(["get", "name"], { name_fr: "", name_ar: "منتزه" }), "منتزه");
  assert.equal(nameOf({ name_fr: "" }, "fr"), undefined);
});

test("an unknown operator is named", () => {
  assert.throws(() => compile(["case", true, 1, 2], "fr"), /"case" is not supported/);
});

test("every style of the catalogue compiles", () => {
  const files = readdirSync(CATALOG)
    .filter((folder) => existsSync(join(CATALOG, folder, "layer.py")))
    .flatMap((folder) => readdirSync(join(CATALOG, folder)).filter((file) => file.endsWith(".json")).map((file) => join(CATALOG, folder, file)));
  assert.ok(files.length > 10);
  for (const file of files) {
    const { layers } = JSON.parse(readFileSync(file, "utf8")) as { layers: StyleLayer[] };
    for (const layer of layers) {
      for (const [key, value] of Object.entries({ ...layer.paint, ...layer.layout })) {
        if (key !== "line-dasharray") assert.doesNotThrow(() => compile(value, "fr"), `${file} ${layer.id} ${key}`);
      }
    }
  }
});

test("the radius of a circle counts its ring", () => {
  const style: StyleLayer[] = [{ id: "c", type: "circle", paint: { "circle-radius": 5, "circle-stroke-width": 2 } }];
  assert.equal(circleRadius({ style } as LayerInfo, "fr")?.(12, {}), 7);
  assert.equal(circleRadius({ style: [] as StyleLayer[] } as LayerInfo, "fr"), null);
});
