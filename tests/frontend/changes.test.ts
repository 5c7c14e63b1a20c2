import assert from "node:assert/strict";
import { test } from "node:test";
import { Changes, EVERYWHERE, type Change } from "../../frontend/ts/changes.ts";
import { meetsTile } from "../../frontend/ts/tile_boxes.ts";

test("what comes together is taken together, by collection, with the last moment it was heard of", () => {
  const changes = new Changes();
  changes.add("trees", [1, 1, 2, 2], 10);
  changes.add("parcels", null, 11);
  changes.add("trees", [5, 5, 6, 6], 12);
  assert.deepEqual(changes.take(), [
    { collection: "trees", boxes: [[1, 1, 2, 2], [5, 5, 6, 6]], heard: 12 },
    { collection: "parcels", boxes: [EVERYWHERE], heard: 11 },
  ]);
  assert.equal(changes.isEmpty, true);
});

test("a flood of boxes becomes the one that holds them all", () => {
  const changes = new Changes();
  for (let i = 0; i < 500; i++) changes.add("trees", [i, -i, i + 1, -i + 1], i);
  const [{ boxes, heard }] = changes.take() as [Change];
  assert.ok(boxes.length <= 32);
  const west = Math.min(...boxes.map(([x]) => x));
  const north = Math.max(...boxes.map((box) => box[3]));
  assert.deepEqual([west, north, heard], [0, 1, 499]);
});

test("everywhere meets every tile, the poles' included", () => {
  for (const key of ["0:0:0", "0:0:3", "7:7:3", "15675:26215:16"]) assert.equal(meetsTile(EVERYWHERE, key), true, key);
});
