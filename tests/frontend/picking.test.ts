import assert from "node:assert/strict";
import { test } from "node:test";
import Point from "@mapbox/point-geometry";
import { areaOf, rankOf } from "../../frontend/ts/picking.ts";
import { breakLines, extent, insideOf } from "../../frontend/ts/symbols.ts";
import type { TileFeature } from "../../frontend/ts/tile_source.ts";

const points = (...pairs: [number, number][]) => pairs.map(([x, y]) => new Point(x, y));
const square = (side: number, at = 0) => points([at, at], [at + side, at], [at + side, at + side], [at, at + side], [at, at]);

function feature(geomType: 1 | 2 | 3, geom: Point[][]): TileFeature {
  return { id: 1, props: {}, geomType, geom, bbox: extent(geom), numVertices: geom.flat().length };
}

test("a point ranks before a line, a line before an area, a small area before a large one", () => {
  const at = new Point(5, 5);
  const ranks = [
    feature(1, [points([7, 5])]),
    feature(2, [points([0, 6], [10, 6])]),
    feature(3, [square(10)]),
    feature(3, [square(100)]),
  ].map((candidate) => rankOf(candidate, at, 3) as number);
  assert.deepEqual(ranks, [...ranks].sort((a, b) => a - b));
  assert.equal(new Set(ranks).size, 4);
});

test("nothing is hit beyond the reach, nor inside a hole", () => {
  assert.equal(rankOf(feature(1, [points([9, 5])]), new Point(5, 5), 3), undefined);
  assert.equal(rankOf(feature(2, [points([0, 9], [10, 9])]), new Point(5, 5), 3), undefined);
  const ring = feature(3, [square(10), square(4, 3).reverse()]);
  assert.equal(rankOf(ring, new Point(5, 5), 3), undefined);
  assert.notEqual(rankOf(ring, new Point(1, 1), 3), undefined);
});

test("holes are taken from the area", () => {
  assert.equal(areaOf([square(10)]), 100);
  assert.equal(areaOf([square(10), square(4, 3).reverse()]), 84);
});

test("the anchor of a label lies inside a horseshoe", () => {
  const horseshoe = points([0, 0], [4, 0], [4, 10], [16, 10], [16, 0], [20, 0], [20, 14], [0, 14]);
  const anchor = insideOf([horseshoe]) as Point;
  assert.notEqual(rankOf(feature(3, [horseshoe]), anchor, 0), undefined);
});

test("lines break at spaces and keep long words whole", () => {
  const width = (line: string) => line.length;
  assert.deepEqual(breakLines("parc de la Ligue arabe", 12, width), ["parc de la", "Ligue arabe"]);
  assert.deepEqual(breakLines("Oukacha-Bernoussi", 5, width), ["Oukacha-Bernoussi"]);
  assert.deepEqual(breakLines("حديقة الجامعة العربية", 14, width), ["حديقة الجامعة", "العربية"]);
});
