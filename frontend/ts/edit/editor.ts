/** The editor's panel: which of its views is shown, and what leads from one to the other. */

import { fetchFeature } from "../catalogue.ts";
import { element } from "../dom.ts";
import type { Editor, EditorHost } from "../edit_door.ts";
import type { Hit } from "../vector_map.ts";
import { say } from "../words.ts";
import type { Saved } from "./api.ts";
import { changesList } from "./changes_list.ts";
import { offerDraft } from "./draft_offer.ts";
import type { Draft } from "./drafts.ts";
import { Drawing } from "./drawing.ts";
import { Editing } from "./editing.ts";
import { icon } from "./icons.ts";
import { IdleView } from "./idle_view.ts";
import { tellLastChange } from "./last_change.ts";
import { listenForKeys } from "./keys.ts";
import { isTooFar, likelyLayer } from "./layer_choice.ts";
import { PastView } from "./past_view.ts";
import { Receipts } from "./receipts.ts";
import { Session } from "./session.ts";
import type { Shape } from "./shapes.ts";
import { loadTarget, type Target } from "./target.ts";
import { explain } from "./trouble.ts";
import { Workbench } from "./workbench.ts";

export class EditorPanel implements Editor {
  private readonly bench: Workbench;
  private readonly idle: IdleView;
  private readonly drawing: Drawing;
  private readonly past: PastView;
  private readonly receipts: Receipts;
  private readonly content = element("div", { class: "editor-content" });
  private target: Target | null = null;
  private editing: Editing | null = null;
  private unlisten: (() => void) | null = null;
  private cameFrom: HTMLElement | null = null;

  constructor(private readonly host: EditorHost) {
    this.bench = new Workbench(host);
    this.drawing = new Drawing(this.bench, (shape) => this.begin(shape));
    this.receipts = new Receipts(this.bench, (collection, id) => this.restored(collection, id));
    this.past = new PastView(this.bench, this.receipts, (view) => this.present(view), () => this.backToIdle());
    this.idle = new IdleView(host.layers, {
      choose: (collection) => void this.choose(collection),
      draw: () => this.draw(),
      placeInTheMiddle: () => this.placeInTheMiddle(),
      finish: () => this.drawing.finish(),
      takeBack: () => this.drawing.takeBack(),
      stopDrawing: () => this.stopDrawing(),
      recover: (draft) => void this.recover(draft),
      discard: (draft) => (this.bench.drafts.discard(draft), this.backToIdle()),
    });
    const close = element("button", { type: "button", class: "icon-button", "aria-label": say("edit.close"), title: say("edit.close") });
    close.append(icon("close"));
    close.addEventListener("click", () => void this.close());
    host.mount.append(element("header", { class: "editor-header" }, element("h2", {}, say("edit.title")), close), this.content);
  }

  get isOpen(): boolean {
    return !this.host.mount.hidden;
  }

  open(): void {
    this.show();
    if (!this.editing) void this.choose(this.target?.collection ?? likelyLayer(this.host.layers, this.bench.map.getZoom()));
  }

  async edit(collection: string, id: number): Promise<void> {
    if (!(await this.leaveCurrent())) return;
    this.show();
    this.host.turnOn(collection);
    try {
      const target = await this.load(collection);
      const feature = await fetchFeature(collection, id);
      this.present(null);
      this.work(Session.ofSaved(target, { feature, version: Number(feature.properties.version) }));
    } catch (error) {
      this.fail(error);
    }
  }

  async history(collection: string, id: number, name?: string): Promise<void> {
    if (!(await this.leaveCurrent())) return;
    this.show();
    try {
      await this.past.open(await this.load(collection), id, name);
    } catch (error) {
      this.fail(error);
    }
  }

  clicked(hits: readonly Hit[]): void {
    if (this.drawing.active) return;
    const hit = hits.find(({ layer }) => layer.collection === this.target?.collection);
    const current = this.editing?.session;
    if (current?.dirty) return this.bench.toast.show(say("edit.saveFirst"));
    if (hit && hit.feature.id !== current?.id) void this.edit(hit.layer.collection, hit.feature.id);
    else if (!hit && !current && this.target) this.bench.toast.show(isTooFar(this.target, this.bench.map.getZoom()) ? say("zoomIn") : say("edit.nothingOf", { title: this.target.title }));
  }

  private async close(): Promise<void> {
    if (!(await this.leaveCurrent())) return;
    this.unlisten?.();
    this.unlisten = null;
    this.host.mount.hidden = true;
    this.host.opened(false);
    this.cameFrom?.focus({ preventScroll: true });
  }

  private show(): void {
    if (this.isOpen) return;
    this.cameFrom = document.activeElement as HTMLElement | null;
    this.host.mount.hidden = false;
    this.host.opened(true);
    this.unlisten = listenForKeys([this.host.mount, this.host.map.getContainer()], {
      escape: () => void this.escape(),
      drawing: () => this.drawing.active,
      finish: () => this.drawing.finish(),
      takeBack: () => this.drawing.takeBack(),
      undo: () => this.editing?.step("undo"),
      redo: () => this.editing?.step("redo"),
      remove: () => void this.editing?.remove(),
      snap: () => (this.editing ?? this.drawing).toggleSnapping(),
    });
  }

  private async escape(): Promise<void> {
    if (this.drawing.active) this.stopDrawing();
    else if (this.editing) await this.editing.leave();
    else if (this.past.isOpen) this.backToIdle();
    else await this.close();
  }

  private async load(collection: string): Promise<Target> {
    const layer = this.host.layers.find((one) => one.collection === collection);
    if (!layer) throw new Error(say("edit.notYours"));
    if (this.target?.collection !== collection) this.target = await loadTarget(layer);
    return this.target;
  }

  private async choose(collection: string): Promise<void> {
    this.stopDrawing();
    try {
      await this.load(collection);
      this.host.turnOn(collection);
      this.backToIdle();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Null: the view of the feature that is worked on. */
  private present(view: HTMLElement | null): void {
    this.content.replaceChildren(...(view ? [view] : []));
    this.content.scrollTop = 0;
  }

  private backToIdle(): void {
    const target = this.target;
    this.editing?.stop();
    this.editing = null;
    this.past.close();
    if (!target) return;
    const changes = changesList(target.collection, (id, name) => void this.history(target.collection, id, name));
    this.idle.show(target, this.bench.drafts.list(target.collection), changes);
    this.present(this.idle.element);
    this.idle.focus();
  }

  /** Whether the way is free: a session with changes is asked about. */
  private async leaveCurrent(): Promise<boolean> {
    this.host.closePopup();
    this.drawing.stop();
    if (this.editing && !(await this.editing.leave())) return false;
    this.past.close();
    return true;
  }

  private draw(): void {
    if (!this.target) return;
    this.drawing.start(this.target);
    this.idle.showDrawing(this.target);
  }

  private stopDrawing(): void {
    if (!this.drawing.active) return;
    this.drawing.stop();
    this.backToIdle();
  }

  private placeInTheMiddle(): void {
    if (!this.target) return;
    this.begin(this.drawing.starter(this.target));
    this.editing?.view.corners.open();
  }

  private begin(shape: Shape): void {
    if (this.target) this.work(Session.ofNew(this.target, shape));
  }

  private async recover(draft: Draft): Promise<void> {
    const target = await this.load(draft.collection);
    this.work(Session.ofDraft(target, draft));
  }

  private work(session: Session): void {
    this.editing?.stop();
    this.past.close();
    this.editing = new Editing(this.bench, session, {
      saved: (saved, isNew, old) => this.saved(session.target, saved, isNew, old),
      deleted: (gone) => this.deleted(gone),
      left: () => this.backToIdle(),
      history: ({ target, id, name }) => void this.history(target.collection, id as number, name),
    });
    this.present(this.editing.view.element);
    this.editing.start();
    this.editing.view.focus();
    void tellLastChange(this.editing);
    offerDraft(this.editing, this.bench.drafts, (draft) => void this.recover(draft));
  }

  /** The panel stays with the feature, as the service stored it. */
  private async saved(target: Target, saved: Saved, isNew: boolean, old: Shape | null): Promise<void> {
    const next = Session.ofSaved(target, saved);
    this.work(next);
    this.receipts.saved(target, saved, isNew, old);
    await this.bench.redraw(target.collection, old, saved.feature.geometry);
  }

  private async deleted(session: Session): Promise<void> {
    this.backToIdle();
    this.receipts.deleted(session);
    await this.bench.redraw(session.target.collection, session.base.geometry);
  }

  /** After an undo from the message line: the open feature is shown as it is now; null: it is gone. */
  private restored(collection: string, id: number | null): void {
    void this.past.refresh(id);
    const open = this.editing?.session;
    if (!open || open.dirty || open.target.collection !== collection) return;
    if (id === null) this.backToIdle();
    else if (open.id === id) void this.edit(collection, id);
  }

  private fail(error: unknown): void {
    this.bench.toast.show(explain(error));
  }
}
