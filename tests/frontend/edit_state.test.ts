import assert from "node:assert/strict";
import { test } from "node:test";
import { Drafts, type Draft } from "../../frontend/ts/edit/drafts.ts";
import { boxOf, boxesMeet, insertCorner, moveCorner, normalised, pathsOf, removeCorner, sameShape, shifted, starter } from "../../frontend/ts/edit/shapes.ts";
import { projection } from "../../frontend/ts/edit/mini_map.ts";
import { meetsTile } from "../../frontend/ts/tile_boxes.ts";
import { UndoStack } from "../../frontend/ts/edit/undo_stack.ts";
import { controlOf, emptied, isoOfLocal, localOfIso, parseNumber, readControl, writeControl } from "../../frontend/ts/edit/values.ts";

const square: GeoJSON.Polygon = { type: "Polygon", coordinates: [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]] };

test("undo and redo go step by step; typing in one field is one step", () => {
  const stack = new UndoStack("");
  for (const text of ["a", "ab", "abc"]) stack.push(text, "name");
  stack.push("moved");
  stack.push("moved again");
  assert.equal(stack.undo(), "moved");
  assert.equal(stack.undo(), "abc");
  assert.equal(stack.undo(), "");
  assert.equal(stack.canUndo, false);
  assert.equal(stack.undo(), "");
  assert.equal(stack.redo(), "abc");
  stack.push("abcd", "name");
  assert.equal(stack.canRedo, false);
  assert.equal(stack.undo(), "abc");
});

test("corners are moved, added half way and removed, but never below what the kind needs", () => {
  const moved = moveCorner(square, 0, 1, [3, 0]) as GeoJSON.MultiPolygon;
  assert.deepEqual(moved.coordinates, [[[[0, 0], [3, 0], [2, 2], [0, 2], [0, 0]]]]);
  assert.deepEqual(pathsOf(insertCorner(square, 0, 3))[0]?.[4], [0, 1]);
  const triangle = removeCorner(square, 0, 0);
  assert.deepEqual(pathsOf(triangle), [[[2, 0], [2, 2], [0, 2]]]);
  assert.equal(removeCorner(triangle, 0, 0), triangle);
  const line: GeoJSON.LineString = { type: "LineString", coordinates: [[0, 0], [1, 0]] };
  assert.deepEqual(pathsOf(insertCorner(line, 0, 1))[0], [[0, 0], [1, 0], [2, 0]]);
});

test("a polygon and the same one as a multipolygon are one shape; holes and parts keep their place", () => {
  assert.ok(sameShape(square, normalised(square)));
  const two: GeoJSON.MultiPolygon = { type: "MultiPolygon", coordinates: [square.coordinates, [[[5, 5], [6, 5], [6, 6], [5, 5]]]] };
  assert.deepEqual((moveCorner(two, 1, 0, [4, 4]) as GeoJSON.MultiPolygon).coordinates[1], [[[4, 4], [6, 5], [6, 6], [4, 4]]]);
  assert.ok(!sameShape(two, square));
  assert.deepEqual(boxOf(shifted(two, 1, -1)), [1, -1, 7, 5]);
});

test("boxes that touch meet", () => {
  assert.ok(boxesMeet([0, 0, 1, 1], [1, 1, 2, 2]));
  assert.ok(!boxesMeet([0, 0, 1, 1], [1.1, 0, 2, 1]));
});

test("a starter is as wide as it is high on the ground", () => {
  const [west, south, east, north] = boxOf(starter("MultiPolygon", [-7.6, 60], 0.001));
  assert.ok(Math.abs((east - west) / (north - south) - 2) < 0.01);
  assert.deepEqual(starter("Point", [1, 2], 1), { type: "Point", coordinates: [1, 2] });
});

test("numbers are read in every script of the page", () => {
  assert.deepEqual(["12,5", "12.5", "١٢٫٥", "۱۲", "1 200", "-3"].map(parseNumber), [12.5, 12.5, 12.5, 12, 1200, -3]);
  assert.ok(["", "12a", "1.2.3", "--1"].every((text) => Number.isNaN(parseNumber(text))));
});

test("a control gives back the value it was filled with", () => {
  const zone = "Africa/Casablanca";
  const cases: [string, object, unknown][] = [
    ["reference", { type: "string" }, "P-1"],
    ["capacity_l", { type: "integer" }, 660],
    ["height_m", { type: "number" }, 7.25],
    ["fill_observed_at", { type: "string", format: "date-time" }, "2026-11-24T09:30:00.000Z"],
    ["service_date", { type: "string", format: "date" }, "2026-11-24"],
    ["tags", { type: "array", items: { type: "string" } }, ["a", "b"]],
    ["numbers", { type: "array", items: { type: "integer" } }, [1, 2]],
    ["one_way", { type: "boolean" }, true],
  ];
  for (const [name, field, value] of cases) {
    const control = controlOf(name, field);
    assert.deepEqual(readControl(control, writeControl(control, value, zone), zone, field), value, name);
  }
  assert.equal(readControl("number", "tall", zone), "tall");
  assert.equal(readControl("number", "", zone), null);
  assert.equal(controlOf("collection_days", { type: "array" }), "days");
});

test("local times are those of the city, in summer and in winter", () => {
  assert.equal(localOfIso("2026-07-01T10:00:00Z", "Europe/Helsinki"), "2026-07-01T13:00");
  assert.equal(isoOfLocal("2026-07-01T13:00", "Europe/Helsinki"), "2026-07-01T10:00:00.000Z");
  assert.equal(isoOfLocal("2026-01-01T13:00", "Europe/Helsinki"), "2026-01-01T11:00:00.000Z");
  assert.equal(isoOfLocal("never", "Europe/Helsinki"), null);
});

test("an emptied text is nothing where nothing stood", () => {
  assert.equal(emptied("name_fr", "Parc"), "");
  assert.equal(emptied("note", null), null);
  assert.equal(emptied("external_id", "x"), null);
});

function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    get length() { return kept.size; },
    key: (index: number) => [...kept.keys()][index] ?? null,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}

const draft = (id: number | null, saved_at: string): Draft => ({
  collection: "parcels", id, version: 3, base: null, comment: "", title: "P", saved_at, state: { geometry: null, values: { reference: "x" } },
});

test("drafts are found again by person and collection, the newest first, and discarded one by one", () => {
  const store = memory();
  const drafts = new Drafts(store, "amina");
  assert.ok(drafts.keep(draft(7, "2026-01-01T10:00:00Z")));
  assert.ok(drafts.keep(draft(null, "2026-01-01T11:00:00Z")));
  store.setItem("casagis.draft/amina/parcels/9/1", "{broken");
  assert.deepEqual(drafts.list("parcels").map(({ id }) => id), [null, 7]);
  assert.equal(new Drafts(store, "omar").list("parcels").length, 0);
  drafts.discard(draft(7, ""));
  assert.equal(drafts.of("parcels", 7), undefined);
  assert.deepEqual(drafts.list("parcels").map(({ id }) => id), [null]);
});

test("a browser that keeps nothing says so", () => {
  const full = { ...memory(), setItem: () => { throw new Error("QuotaExceeded"); } } as unknown as Storage;
  assert.equal(new Drafts(full, "amina").keep(draft(1, "")), false);
  assert.equal(new Drafts(null, "amina").keep(draft(1, "")), false);
});

test("a box meets its own tile, the neighbour only across a border", () => {
  assert.ok(meetsTile([-7.62, 33.59, -7.619, 33.591], "490:410:10"));
  assert.ok(!meetsTile([-7.62, 33.59, -7.619, 33.591], "492:410:10"));
  assert.ok(meetsTile([-0.001, 10, 0.001, 10.001], "0:0:1") && meetsTile([-0.001, 10, 0.001, 10.001], "1:0:1"));
  assert.ok(meetsTile([-7.62, 33.59, -7.619, 33.591], "0:0:0"));
});

test("shapes are pictured whole, in the middle, and as wide as on the ground", () => {
  const place = projection([[-0.001, 59.999, 0.001, 60.001]]);
  const [[west, south], [east, north]] = [place([-0.001, 59.999]), place([0.001, 60.001])];
  assert.deepEqual([(west + east) / 2, Math.round((south + north) / 2)], [160, 100]);
  assert.ok(Math.abs((east - west) / (south - north) - 0.5) < 0.01);
  assert.ok(south <= 184 && north >= 16);
});
