import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { TileCache, View, type Zxy } from "protomaps-leaflet";
import { renew } from "../../frontend/ts/renewal.ts";
import { LayerTiles } from "../../frontend/ts/tile_source.ts";

const tile = (x: number): Zxy => ({ z: 14, x, y: 7 });
const touched = (key: string) => key.startsWith("1:") || key.startsWith("2:");
let asked: string[];
let answers: ((response: Response) => void)[];
let view: View;
let failures: string[];

beforeEach(() => {
  [asked, answers, failures] = [[], [], []];
  const fetch = (url: string) => {
    asked.push(url);
    return new Promise<Response>((resolve) => answers.push(resolve));
  };
  Object.assign(globalThis, { fetch });
  const source = new LayerTiles("/tiles/trees/{z}/{x}/{y}", 12, (reason) => failures.push(reason));
  view = new View(new TileCache(source, 512), 16, 1);
});

const answerAll = (status = 204) => answers.splice(0).forEach((answer) => answer(new Response(null, { status })));
const later = () => new Promise((resolve) => setTimeout(resolve, 5));

async function load(...columns: number[]): Promise<void> {
  const loading = columns.map((x) => view.tileCache.get(tile(x)));
  answerAll();
  await Promise.all(loading);
  await later();
  asked = [];
}

test("only touched tiles that are painted are asked anew; touched ones elsewhere are forgotten", async () => {
  await load(1, 2, 3);
  const old = view.tileCache.cache.get("1:7:14")?.data;
  const renewing = renew(view, touched, performance.now(), [tile(1), tile(3)]);
  assert.deepEqual(asked, ["/tiles/trees/14/1/7"]);
  assert.equal(view.tileCache.cache.get("1:7:14")?.data, old, "the old one stays until the new one is there");
  answerAll();
  assert.deepEqual(await renewing, { arrived: ["1:7:14"], failed: false });
  assert.notEqual(view.tileCache.cache.get("1:7:14")?.data, old);
  assert.deepEqual([...view.tileCache.cache.keys()].sort(), ["1:7:14", "3:7:14"]);
});

test("a tile that was asked for after the change was heard of is new already", async () => {
  const heard = performance.now();
  await later();
  await load(1);
  assert.deepEqual(await renew(view, touched, heard, [tile(1)]), { arrived: [], failed: false });
  assert.deepEqual(asked, []);
});

test("a tile on its way since before the change is asked for again, and never taken", async () => {
  const first = view.tileCache.get(tile(1));
  await later();
  const renewing = renew(view, touched, performance.now(), [tile(1)]);
  assert.equal(asked.length, 1);
  answerAll(200); // what was stored before the change
  await later();
  assert.equal(asked.length, 2);
  answerAll();
  await renewing;
  assert.equal(view.tileCache.cache.get("1:7:14")?.data, await first);
  assert.equal(asked.length, 2);
});

test("a tile that fails is asked for by the next look", async () => {
  await load(1);
  const renewing = renew(view, touched, performance.now(), [tile(1)]);
  answerAll(503);
  assert.deepEqual(await renewing, { arrived: [], failed: true });
  assert.equal(failures.length, 1);
  assert.equal(view.tileCache.cache.size, 0);
});

test("a layer that is too far out to be shown asks nothing", async () => {
  const far = { z: 11, x: 1, y: 7 };
  await view.tileCache.get(far);
  await renew(view, touched, performance.now(), [far]);
  assert.deepEqual(asked, []);
});
