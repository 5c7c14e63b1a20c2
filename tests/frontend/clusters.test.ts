import assert from "node:assert/strict";
import { test } from "node:test";
import Point from "@mapbox/point-geometry";
import type { LayerInfo, Thinning } from "../../frontend/ts/catalogue.ts";
import { clusterRadius, countOf, inkOn, isCluster, mainColor, settled } from "../../frontend/ts/clusters.ts";
import { hintAt } from "../../frontend/ts/layer_panel.ts";
import { addressAt } from "../../frontend/ts/raster_layers.ts";
import { paintRules } from "../../frontend/ts/rules.ts";
import { formatCompact } from "../../frontend/ts/words.ts";

const cluster = (count: number, x = 256, y = 256) => ({ props: { point_count: count }, geom: [[new Point(x, y)]] });
const circles = (color: unknown): LayerInfo["style"] => [{ id: "circle", type: "circle", paint: { "circle-color": color } }];

test("a feature stands for one, a cluster for its points", () => {
  assert.deepEqual([countOf({ props: {} }), countOf(cluster(1)), countOf(cluster(37))], [1, 1, 37]);
  assert.deepEqual([isCluster({ props: {} }), isCluster(cluster(2))], [false, true]);
});

test("more points make a larger circle", () => {
  const radii = [2, 10, 100, 1000, 10_000].map(clusterRadius);
  assert.deepEqual(radii, [...new Set(radii)].sort((a, b) => a - b));
});

test("a circle lies in its own tile, whole, and only there", () => {
  const edge = settled(cluster(5, 1, 511.5), 512);
  const radius = clusterRadius(5);
  assert.deepEqual(edge?.geom[0]?.[0], new Point(radius, 512 - radius));
  assert.deepEqual(edge?.bbox, { minX: 0, maxX: 2 * radius, minY: 512 - 2 * radius, maxY: 512 });
  for (const [x, y] of [[-0.5, 4], [512, 4], [4, 512.5]] as const) assert.equal(settled(cluster(5, x, y), 512), undefined);
});

test("a mixture has the colour of no class", () => {
  const byKind = ["match", ["get", "kind"], "bench", "#8d6e63", "#757575"];
  const byFill = ["step", ["get", "fill_pct"], "#2e7d32", 50, "#c62828"];
  assert.equal(mainColor({ style: circles(byKind) }), "#757575");
  assert.notEqual(mainColor({ style: circles(byFill) }), "#2e7d32");
  assert.equal(mainColor({ style: circles("#123456") }), "#123456");
});

test("the number can be told from its circle", () => {
  assert.deepEqual(["#000000", "#4c9a52", "#4f5f6d", "#ffffff"].map(inkOn), ["#ffffff", "#000000", "#ffffff", "#000000"]);
});

test("clusters are drawn by their own rule, and by no other", () => {
  const layer = { id: "trees", min_zoom: 11, style: circles("#123456") } as LayerInfo;
  const drawers = paintRules([layer], "en").map(({ filter }) => [filter?.(12, cluster(3) as never), filter?.(12, { props: {} } as never)]);
  assert.deepEqual(drawers, [[false, true], [true, false]]);
});

test("numbers are short, in the page's language", () => {
  const short = (value: number) => ["en-GB", "fr-FR", "ar-MA"].map((locale) => formatCompact(value, locale).replace(/[\u00a0\u202f]/g, " ").toLowerCase());
  assert.deepEqual(short(999), ["999", "999", "999"]);
  assert.deepEqual(short(1234), ["1.2k", "1,2 k", "1,2 ألف"]);
  assert.deepEqual(short(12_345), ["12k", "12 k", "12 ألف"]);
});

test("the switch says what a zoom withholds", () => {
  const hints = (rule: Thinning["rule"], until_zoom: number | null, zooms: number[], raster = false) =>
    zooms.map((zoom) => hintAt({ raster, min_zoom: 11, max_zoom: 16, thinning: { rule, until_zoom } }, zoom));
  assert.deepEqual(hints("clusters", 13, [11, 12, 14, 15]), ["zoomIn", "clustered", "clustered", ""]);
  assert.deepEqual(hints("small-areas", 12, [12, 13, 14]), ["thinned", "thinned", ""]);
  assert.deepEqual(hints("first-zooms", 16, [17, 20]), ["thinned", "thinned"]);
  assert.deepEqual(hints("small-areas", null, [12, 13]), ["", ""]);
  assert.deepEqual(hints("none", null, [10, 12, 18], true), ["zoomIn", "", ""]);
  assert.equal(hintAt({ raster: false, min_zoom: 11, max_zoom: 16 }, 13), "");
});

test("a moment goes into the address of a raster's pictures", () => {
  const at = "2026-11-01T09:00:00Z";
  assert.equal(addressAt("/maps/a/{z}/{x}/{y}.png?revision=3", at), "/maps/a/{z}/{x}/{y}.png?revision=3&time=2026-11-01T09%3A00%3A00Z");
  assert.equal(addressAt("/maps/a/{time}/{z}/{x}/{y}.png", at), "/maps/a/2026-11-01T09%3A00%3A00Z/{z}/{x}/{y}.png");
  assert.equal(addressAt("/maps/a/{z}/{x}/{y}.png", undefined), "/maps/a/{z}/{x}/{y}.png");
});
