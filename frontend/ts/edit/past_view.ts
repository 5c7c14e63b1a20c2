/** The history in the panel: opens it, restores a version after a question, and shows what came of it. */

import { fetchFeature } from "../catalogue.ts";
import { formatMoment, say } from "../words.ts";
import { fetchVersions, Refusal, restoreVersion, type Version } from "./api.ts";
import { ask } from "./ask.ts";
import { HistoryView } from "./history_view.ts";
import type { Receipts } from "./receipts.ts";
import { calledBy, type Target } from "./target.ts";
import { explain } from "./trouble.ts";
import type { Workbench } from "./workbench.ts";

export class PastView {
  private shown: { target: Target; id: number } | null = null;

  constructor(
    private readonly bench: Workbench,
    private readonly receipts: Receipts,
    private readonly present: (view: HTMLElement) => void,
    private readonly onBack: () => void,
  ) {}

  get isOpen(): boolean {
    return this.shown !== null;
  }

  /** `name` is what the feature is called where it is known, as of one that is deleted. */
  async open(target: Target, id: number, name?: string): Promise<void> {
    this.shown = { target, id };
    const versions = await fetchVersions(target.collection, id);
    const standing = versions[0]?.operation === "delete" ? null : await fetchFeature(target.collection, id);
    this.bench.bringIntoView(standing?.geometry ?? null);
    const view = new HistoryView(target, id, name ?? calledBy(standing?.properties ?? {}, id), versions, {
      back: () => this.onBack(),
      restore: (version, seen) => void this.restore(version, seen),
      showChange: (change) => this.bench.overlay.showChange(change),
    });
    this.present(view.element);
    view.begin();
  }

  /** Of the feature that is shown, when it is this one. */
  async refresh(id: number | null): Promise<void> {
    if (this.shown && this.shown.id === id) await this.open(this.shown.target, this.shown.id);
  }

  close(): void {
    this.shown = null;
    this.bench.overlay.showChange(null);
  }

  private async restore(version: Version, seen: number | undefined): Promise<void> {
    const shown = this.shown;
    if (!shown) return;
    const { target, id } = shown;
    const time = formatMoment(new Date(version.at), "both");
    const answer = await ask(say("edit.restoreTitle", { number: version.version }), [say("edit.restoreText", { time })], [
      { id: "restore", label: say("edit.restore"), kind: "primary" },
      { id: "no", label: say("edit.cancel") },
    ]);
    if (answer !== "restore") return;
    try {
      const old = seen === undefined ? null : (await fetchFeature(target.collection, id)).geometry;
      const saved = await restoreVersion(target.collection, id, version.version, seen, say("edit.restoreComment", { number: version.version }));
      this.receipts.restored(target, saved, old, seen ?? null);
      await this.bench.redraw(target.collection, old, saved.feature.geometry);
      if (this.shown === shown) await this.open(target, id);
    } catch (error) {
      this.bench.toast.show(error instanceof Refusal && error.status === 422 ? error.message : explain(error));
    }
  }
}
