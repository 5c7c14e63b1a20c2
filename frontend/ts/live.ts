/** Keeps the open map up to date: hears of changes by GET /events, and has them drawn together, while the page is seen. */

import { Changes, type Change } from "./changes.ts";
import { debounce } from "./dom.ts";
import type { Box } from "./tile_boxes.ts";

const MERGE_MS = 150;
const SWITCHING_MS = 300;
/** A browser keeps six connections to a server for all its tabs: a tab that nobody sees gives its own back. */
const UNSEEN_MS = 60_000;
const QUIET_FAILURE_MS = 20_000;
const [FIRST_RETRY_MS, LAST_RETRY_MS] = [5_000, 300_000];

type Timer = ReturnType<typeof setTimeout> | undefined;

export interface LiveHost {
  /** Draws what changed; the next changes wait until it is done. Throws for what must be tried again. */
  redraw(changes: Change[]): Promise<void>;
  /** Changes have not been heard of for a while; or they are again. */
  tellFailing(failing: boolean): void;
}

export interface LivePage {
  readonly document: EventTarget & { readonly hidden: boolean };
  readonly window: EventTarget;
  open(url: string): EventSource;
}

const BROWSER: LivePage = {
  get document() {
    return document;
  },
  get window() {
    return window;
  },
  open: (url) => new EventSource(url),
};

const later = (wait_ms: number): number => Math.min(2 * wait_ms, LAST_RETRY_MS);

export class LiveMap {
  private readonly changes = new Changes();
  private collections: readonly string[] = [];
  private stream: EventSource | null = null;
  private replaced: EventSource[] = [];
  private hasOpened = false;
  private gap = false; // something may have passed unheard
  private busy = false;
  private retry_ms = FIRST_RETRY_MS;
  private again_ms = FIRST_RETRY_MS;
  private timers: Partial<Record<"merge" | "again" | "unseen" | "failing" | "retry", Timer>> = {};

  constructor(
    private readonly host: LiveHost,
    private readonly page: LivePage = BROWSER,
  ) {
    page.document.addEventListener("visibilitychange", () => (page.document.hidden ? this.unseen() : this.seen()));
    page.window.addEventListener("pagehide", () => this.leave()); // an open stream would keep the page out of the back-forward cache
    page.window.addEventListener("pageshow", () => this.seen());
    page.window.addEventListener("online", () => this.resume());
  }

  /** Follows these collections from now on. */
  watch(collections: Iterable<string>): void {
    const sorted = [...new Set(collections)].sort();
    if (sorted.join() === this.collections.join()) return;
    this.collections = sorted;
    if (this.stream) this.reconnect();
    else this.connect();
  }

  private readonly reconnect = debounce(SWITCHING_MS, () => this.connect());

  /** The stream that there is stays until the new one is open, so that nothing is missed between them. */
  private connect(): void {
    if (!this.collections.length) return this.leave();
    if (this.page.document.hidden) {
      this.gap = true;
      return;
    }
    clearTimeout(this.timers.retry);
    if (this.stream) this.replaced.push(this.stream);
    const stream = this.page.open(`/events?collections=${this.collections.map(encodeURIComponent).join(",")}`);
    this.stream = stream;
    this.hasOpened = false;
    stream.addEventListener("open", () => stream === this.stream && this.opened());
    stream.addEventListener("error", () => stream === this.stream && this.failed(stream));
    stream.addEventListener("change", (event) => this.heard(event.data as string));
  }

  private opened(): void {
    this.hasOpened = true;
    this.gap ||= this.replaced.some(({ readyState }) => readyState !== EventSource.OPEN);
    this.closeReplaced();
    clearTimeout(this.timers.failing);
    this.timers.failing = undefined;
    this.retry_ms = FIRST_RETRY_MS;
    this.host.tellFailing(false);
    if (this.gap) for (const collection of this.collections) this.changes.add(collection, null, performance.now());
    this.gap = false;
    this.draw();
  }

  /** The browser itself tries again, and the service then goes on where this stream broke; but not one that it refused
   * or that never was open. */
  private failed(stream: EventSource): void {
    this.gap ||= stream.readyState === EventSource.CLOSED || !this.hasOpened;
    this.timers.failing ??= setTimeout(() => this.host.tellFailing(true), QUIET_FAILURE_MS);
    if (stream.readyState !== EventSource.CLOSED) return;
    this.timers.retry = setTimeout(() => this.connect(), this.retry_ms * (0.5 + Math.random()));
    this.retry_ms = later(this.retry_ms);
  }

  private heard(data: string): void {
    const { collection, bbox } = JSON.parse(data) as { collection: string; bbox: Box | null };
    this.changes.add(collection, bbox, performance.now());
    this.draw();
  }

  /** Soon, with all that comes in the meantime. */
  private draw(): void {
    if (this.busy || this.timers.merge || this.changes.isEmpty || this.page.document.hidden) return;
    this.timers.merge = setTimeout(() => void this.redraw(), MERGE_MS);
  }

  private async redraw(): Promise<void> {
    this.timers.merge = undefined;
    clearTimeout(this.timers.again);
    const changes = this.changes.take();
    this.busy = true;
    const drawn = await this.host.redraw(changes).then(() => true, () => false);
    this.busy = false;
    this.again_ms = drawn ? FIRST_RETRY_MS : later(this.again_ms);
    const isMore = !this.changes.isEmpty;
    if (!drawn) this.changes.putBack(changes);
    if (drawn || isMore) this.draw();
    else this.timers.again = setTimeout(() => this.draw(), this.again_ms);
  }

  private unseen(): void {
    this.timers.unseen = setTimeout(() => this.leave(), UNSEEN_MS);
  }

  private seen(): void {
    clearTimeout(this.timers.unseen);
    this.resume();
  }

  private resume(): void {
    if (!this.stream || this.stream.readyState === EventSource.CLOSED) this.connect();
    this.draw();
  }

  private leave(): void {
    for (const timer of ["failing", "retry"] as const) clearTimeout(this.timers[timer]);
    this.timers.failing = undefined;
    this.host.tellFailing(false);
    this.gap ||= this.stream !== null;
    this.closeReplaced();
    this.stream?.close();
    this.stream = null;
  }

  private closeReplaced(): void {
    for (const stream of this.replaced) stream.close();
    this.replaced = [];
  }
}
