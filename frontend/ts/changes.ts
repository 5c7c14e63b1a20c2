/** What changed where since somebody last asked. Pure. */

import type { Box } from "./tile_boxes.ts";

export const EVERYWHERE: Box = [-180, -90, 180, 90];
const MOST_BOXES = 32;

export interface Change {
  collection: string;
  boxes: readonly Box[];
  /** When the last of it was heard of: what is asked for later shows it. */
  heard: number;
}

export class Changes {
  private waiting = new Map<string, Change>();

  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  /** No box: anywhere. */
  add(collection: string, box: Box | null, heard: number): void {
    const boxes = [...(this.waiting.get(collection)?.boxes ?? []), box ?? EVERYWHERE];
    this.waiting.set(collection, { collection, boxes: boxes.length > MOST_BOXES ? [union(boxes)] : boxes, heard });
  }

  /** What was taken and could not be drawn. */
  putBack(changes: readonly Change[]): void {
    for (const { collection, boxes, heard } of changes) {
      const later = this.waiting.get(collection)?.heard ?? 0;
      for (const box of boxes) this.add(collection, box, Math.max(heard, later));
    }
  }

  take(): Change[] {
    const taken = [...this.waiting.values()];
    this.waiting = new Map();
    return taken;
  }
}

function union(boxes: readonly Box[]): Box {
  const edge = (side: 0 | 1 | 2 | 3, pick: (...values: number[]) => number) => pick(...boxes.map((box) => box[side]));
  return [edge(0, Math.min), edge(1, Math.min), edge(2, Math.max), edge(3, Math.max)];
}
