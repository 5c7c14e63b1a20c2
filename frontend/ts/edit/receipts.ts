/** What is told after a change, with its "Undo": the version before comes back through the service. */

import { say } from "../words.ts";
import { restoreVersion, type Saved } from "./api.ts";
import { takeBack } from "./saving.ts";
import type { Session } from "./session.ts";
import type { Shape } from "./shapes.ts";
import { calledBy, type Target } from "./target.ts";
import { explain } from "./trouble.ts";
import type { Workbench } from "./workbench.ts";

export class Receipts {
  /** `onUndone` gets the feature that changed, null when it is gone. */
  constructor(private readonly bench: Workbench, private readonly onUndone: (collection: string, id: number | null) => void) {}

  saved(target: Target, saved: Saved, isNew: boolean, old: Shape | null): void {
    const name = calledBy(saved.feature.properties, Number(saved.feature.id));
    if (saved.unchanged) return this.bench.toast.show(say("edit.takenTheirs", { name }));
    const before = isNew ? null : saved.version - 1;
    this.offer(say("edit.saved", { name, version: saved.version }), async () => {
      const back = await takeBack(target.collection, saved, before);
      await this.undone(target.collection, back, saved.feature.geometry, old);
    });
  }

  deleted({ target, id, version, name, base }: Session): void {
    this.offer(say("edit.deleted", { name }), async () => {
      const back = await restoreVersion(target.collection, id as number, version, undefined, say("edit.undoComment", { version: version + 1 }));
      await this.undone(target.collection, back, base.geometry);
    });
  }

  restored(target: Target, saved: Saved, old: Shape | null, before: number | null): void {
    const name = calledBy(saved.feature.properties, Number(saved.feature.id));
    if (before === null) return this.bench.toast.show(say("edit.broughtBack", { name }));
    this.offer(say("edit.restored", { name, version: saved.version }), async () => {
      const back = await takeBack(target.collection, saved, before);
      await this.undone(target.collection, back, saved.feature.geometry, old);
    });
  }

  private offer(text: string, undo: () => Promise<void>): void {
    const run = () => void undo().catch((error: unknown) => this.bench.toast.show(explain(error)));
    this.bench.toast.show(text, { label: say("edit.undo"), run });
  }

  private async undone(collection: string, back: Saved | null, ...shapes: (GeoJSON.Geometry | null)[]): Promise<void> {
    this.bench.toast.show(say("edit.undone"));
    this.onUndone(collection, back ? Number(back.feature.id) : null);
    await this.bench.redraw(collection, ...shapes, back?.feature.geometry);
  }
}
