import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import type { Change } from "../../frontend/ts/changes.ts";
import { LiveMap } from "../../frontend/ts/live.ts";
import { Clock } from "./clock.ts";

const [CONNECTING, OPEN, CLOSED] = [0, 1, 2];
Object.assign(globalThis, { EventSource: { CONNECTING, OPEN, CLOSED } });
const clock = new Clock().install();
mock.method(Math, "random", () => 0.5);

class Stream extends EventTarget {
  readyState = CONNECTING;

  constructor(readonly url: string) {
    super();
  }

  opens(): void {
    this.readyState = OPEN;
    this.dispatchEvent(new Event("open"));
  }

  breaks(readyState = CONNECTING): void {
    this.readyState = readyState;
    this.dispatchEvent(new Event("error"));
  }

  tells(collection: string, bbox: number[] | null): void {
    const event = Object.assign(new Event("change"), { data: JSON.stringify({ collection, revision: 1, bbox }) });
    this.dispatchEvent(event);
  }

  close(): void {
    this.readyState = CLOSED;
  }
}

let streams: Stream[];
let drawn: Change[][];
let failing: boolean[];
let page: { document: EventTarget & { hidden: boolean }; window: EventTarget; open: (url: string) => EventSource };
let finish: () => void;
let offline: boolean;

beforeEach(() => {
  [streams, drawn, failing] = [[], [], []];
  finish = () => undefined;
  offline = false;
  page = {
    document: Object.assign(new EventTarget(), { hidden: false }),
    window: new EventTarget(),
    open(url) {
      streams.push(new Stream(url));
      return streams.at(-1) as unknown as EventSource;
    },
  };
});

function start(collections = ["trees"], slow = false): LiveMap {
  const redraw = (changes: Change[]) => {
    drawn.push(changes);
    if (offline) return Promise.reject(new Error("no tile came"));
    return slow ? new Promise<void>((resolve) => (finish = resolve)) : Promise.resolve();
  };
  const live = new LiveMap({ redraw, tellFailing: (off) => failing.push(off) }, page);
  live.watch(collections);
  return live;
}

const stream = (): Stream => streams.at(-1) as Stream;
const settled = () => new Promise((resolve) => setImmediate(resolve));
const summary = () => drawn.map((changes) => changes.map(({ collection, boxes }) => [collection, boxes]));
const EVERYWHERE = [-180, -90, 180, 90];

function hide(hidden: boolean): void {
  page.document.hidden = hidden;
  page.document.dispatchEvent(new Event("visibilitychange"));
}

test("one stream for the collections that are on; a burst is drawn once", () => {
  start(["trees", "parcels", "trees"]);
  assert.deepEqual(streams.map(({ url }) => url), ["/events?collections=parcels,trees"]);
  stream().opens();
  stream().tells("trees", [1, 2, 3, 4]);
  clock.tick(100);
  stream().tells("trees", [5, 6, 7, 8]);
  stream().tells("parcels", null);
  assert.deepEqual(drawn, []);
  clock.tick(50);
  assert.deepEqual(summary(), [[["trees", [[1, 2, 3, 4], [5, 6, 7, 8]]], ["parcels", [EVERYWHERE]]]]);
});

test("what comes while the map is being drawn waits for its end", async () => {
  start(["trees"], true);
  stream().opens();
  for (const box of [[1, 1, 2, 2], [3, 3, 4, 4], [5, 5, 6, 6]]) {
    stream().tells("trees", box);
    clock.tick(1000);
  }
  assert.equal(drawn.length, 1);
  finish();
  await settled();
  clock.tick(150);
  assert.deepEqual(summary()[1], [["trees", [[3, 3, 4, 4], [5, 5, 6, 6]]]]);
});

test("another set of layers: the old stream stays until the new one is open, and nothing is asked twice", () => {
  const live = start();
  const old = stream();
  old.opens();
  live.watch(["trees"]);
  live.watch(["trees", "streets"]);
  live.watch(["streets"]);
  clock.tick(300);
  assert.deepEqual(streams.map(({ url }) => url), ["/events?collections=trees", "/events?collections=streets"]);
  old.tells("trees", [1, 1, 2, 2]);
  assert.equal(old.readyState, OPEN);
  stream().opens();
  assert.equal(old.readyState, CLOSED);
  clock.tick(150);
  assert.deepEqual(summary(), [[["trees", [[1, 1, 2, 2]]]]]);
  live.watch([]);
  clock.tick(300);
  assert.equal(stream().readyState, CLOSED);
});

test("a stream that was broken when another took its place leaves a gap", () => {
  const live = start();
  stream().opens();
  stream().breaks();
  live.watch(["streets"]);
  clock.tick(300);
  stream().opens();
  clock.tick(150);
  assert.deepEqual(summary(), [[["streets", [EVERYWHERE]]]]);
});

test("a lost connection: the service goes on where it broke; the person hears of it only when it is long", () => {
  start();
  stream().opens();
  stream().breaks();
  clock.tick(19_000);
  stream().breaks();
  assert.deepEqual(failing, [false]);
  clock.tick(1000);
  assert.deepEqual(failing, [false, true]);
  stream().opens();
  assert.deepEqual(failing, [false, true, false]);
  stream().tells("trees", [1, 1, 2, 2]);
  clock.tick(150);
  assert.deepEqual(summary(), [[["trees", [[1, 1, 2, 2]]]]]);
  assert.equal(streams.length, 1, "the browser reconnects by itself");
});

test("what could not be drawn is drawn later, at the latest when the browser is on line again", async () => {
  start();
  stream().opens();
  offline = true;
  stream().tells("trees", [1, 1, 2, 2]);
  clock.tick(150);
  await settled();
  stream().tells("trees", [3, 3, 4, 4]);
  clock.tick(150);
  await settled();
  assert.deepEqual(summary()[1]?.[0]?.[1], [[1, 1, 2, 2], [3, 3, 4, 4]]);
  clock.tick(20_150);
  await settled();
  assert.deepEqual(summary()[2], summary()[1]);
  offline = false;
  page.window.dispatchEvent(new Event("online"));
  clock.tick(150);
  await settled();
  clock.tick(400_000);
  assert.deepEqual([drawn.length, summary()[3]], [4, summary()[1]]);
});

test("where the service refuses, it is asked again, ever more rarely", () => {
  start();
  for (const [wait, count] of [[5000, 2], [10_000, 3], [20_000, 4]] as const) {
    stream().breaks(CLOSED);
    clock.tick(wait - 1);
    assert.equal(streams.length, count - 1);
    clock.tick(1);
    assert.equal(streams.length, count);
  }
  stream().opens();
  clock.tick(150);
  assert.deepEqual(summary(), [[["trees", [EVERYWHERE]]]], "what happened before is unknown");
  stream().breaks(CLOSED);
  clock.tick(5000);
  assert.equal(streams.length, 5);
});

test("a page that is not seen draws nothing, gives its connection back after a minute, and catches up", async () => {
  start();
  stream().opens();
  hide(true);
  stream().tells("trees", [1, 1, 2, 2]);
  clock.tick(59_000);
  assert.deepEqual(drawn, []);
  hide(false);
  clock.tick(150);
  assert.deepEqual(summary(), [[["trees", [[1, 1, 2, 2]]]]]);
  await settled();
  hide(true);
  clock.tick(60_000);
  assert.equal(stream().readyState, CLOSED);
  hide(false);
  assert.equal(streams.length, 2);
  stream().opens();
  clock.tick(150);
  assert.deepEqual(summary()[1], [["trees", [EVERYWHERE]]]);
});

test("a page that was refused while nobody saw it asks again when it is looked at", () => {
  start();
  stream().opens();
  hide(true);
  stream().breaks(CLOSED);
  clock.tick(30_000);
  assert.equal(streams.length, 1);
  hide(false);
  assert.equal(streams.length, 2);
});

test("a page that was opened unseen catches up when it is looked at", () => {
  page.document.hidden = true;
  start();
  assert.equal(streams.length, 0);
  hide(false);
  stream().opens();
  clock.tick(150);
  assert.deepEqual(summary(), [[["trees", [EVERYWHERE]]]]);
});

test("a page that is left closes its stream, and opens one when it comes back", () => {
  start();
  stream().opens();
  page.window.dispatchEvent(new Event("pagehide"));
  assert.equal(stream().readyState, CLOSED);
  page.window.dispatchEvent(new Event("pageshow"));
  stream().opens();
  clock.tick(150);
  assert.deepEqual(summary(), [[["trees", [EVERYWHERE]]]]);
});
