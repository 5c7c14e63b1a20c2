/** One feature on the workbench: keeps shape, form, draft and steps together until it is saved, deleted or left. */

import { debounce } from "../dom.ts";
import { say } from "../words.ts";
import { deleteFeature, Refusal, type RuleBroken, type Saved } from "./api.ts";
import { ask } from "./ask.ts";
import { EditView } from "./edit_view.ts";
import { Discarded, saveSession } from "./saving.ts";
import type { Session } from "./session.ts";
import { ShapeLayer, type Mode } from "./shape_layer.ts";
import { shifted, type Position, type Shape } from "./shapes.ts";
import { troubleOf } from "./trouble.ts";
import type { Workbench } from "./workbench.ts";

const RULES_BROKEN = 422;
const STEPS: Record<string, [number, number]> = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export interface EditingEvents {
  /** `old`: the shape that it had. */
  saved(saved: Saved, isNew: boolean, old: Shape | null): Promise<void>;
  deleted(session: Session): Promise<void>;
  left(): void;
  history(session: Session): void;
}

export class Editing {
  readonly view: EditView;
  private readonly shape: ShapeLayer;
  /** Versions under which a draft of this session may be kept. */
  private readonly keptAs = new Set<number>();
  private finished = false;
  private mode: Mode = "look";
  private busy = false;
  private readonly keepSoon = debounce(250, () => this.keep());

  constructor(private readonly bench: Workbench, readonly session: Session, private readonly events: EditingEvents) {
    this.shape = new ShapeLayer(bench.map, (shape) => this.reshaped(shape));
    this.view = new EditView(session, {
      mode: (mode) => this.setMode(this.mode === mode ? "look" : mode),
      toggleSnapping: () => this.toggleSnapping(),
      undo: () => this.step("undo"),
      redo: () => this.step("redo"),
      remove: () => void this.remove(),
      history: () => (session.dirty ? bench.toast.show(say("edit.saveFirst")) : events.history(session)),
      save: () => void this.save(),
      cancel: () => void this.leave(),
      typed: (name, value) => this.typed(name, value),
      reshaped: (shape) => this.reshaped(shape, true),
      nudge: (key, far) => this.nudge(key, far),
      showPlace: ([lon, lat]: Position) => bench.map.setView([lat, lon], Math.max(bench.map.getZoom(), 18), { animate: false }),
      focusCorner: (place) => bench.overlay.showCorner(place),
      commented: (text) => ((session.comment = text), this.keepSoon()),
    });
    window.addEventListener("pagehide", this.keepNow);
  }

  start(): void {
    const { session, bench } = this;
    if (session.id !== null) bench.host.hide({ collection: session.target.collection, id: session.id });
    bench.bringIntoView(session.state.geometry);
    this.shape.show(session.state.geometry);
    this.setMode("look");
    if (session.target.kind !== "Point") bench.neighbours.show(session.target.collection, session.id);
    if (session.dirty) this.keep();
  }

  stop(): void {
    this.keepNow();
    window.removeEventListener("pagehide", this.keepNow);
    this.shape.clear();
    this.bench.neighbours.hide();
    this.bench.overlay.clear();
    this.bench.host.hide(null);
  }

  toggleSnapping(): void {
    if (this.session.target.kind === "Point") return;
    this.bench.toggleSnapping();
    this.setMode(this.mode);
  }

  step(way: "undo" | "redo"): void {
    this.session[way]();
    this.shape.show(this.session.state.geometry);
    this.changed();
  }

  /** Whether it was left: what would be lost is asked about first. */
  async leave(): Promise<boolean> {
    if (this.session.dirty) {
      const answer = await ask(say("edit.leaveTitle"), [say("edit.leaveText")], [
        { id: "stay", label: say("edit.goOn"), kind: "primary" },
        { id: "draft", label: say("edit.keepDraft") },
        { id: "discard", label: say("edit.discardChanges"), kind: "danger" },
      ]);
      if (answer === null || answer === "stay") return false;
      if (answer === "discard") this.finish();
    }
    this.events.left();
    return true;
  }

  async remove(): Promise<void> {
    const { session } = this;
    if (session.id === null || this.busy) return;
    const answer = await ask(say("edit.deleteTitle", { name: session.name }), [say("edit.deleteText")], [
      { id: "delete", label: say("edit.delete"), kind: "danger" },
      { id: "stay", label: say("edit.goOn") },
    ]);
    if (answer !== "delete") return;
    await this.attempt(async () => {
      await deleteFeature(session.target.collection, session.id as number, session.version, session.comment);
      this.finish();
      await this.events.deleted(session);
    });
  }

  async save(): Promise<void> {
    const { session } = this;
    if (this.busy || !session.dirty) return;
    const [isNew, old] = [session.isNew, session.base.geometry];
    await this.attempt(async () => {
      const saved = await saveSession(session);
      if (!saved) return this.changed();
      this.finish();
      await this.events.saved(saved, isNew, old);
    });
  }

  private async attempt(action: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.view.showBusy(true);
    this.view.showAlert(null);
    this.bench.toast.hide();
    try {
      await action();
    } catch (error) {
      if (error instanceof Discarded) return void (this.finish(), this.events.left());
      this.keep();
      this.refused(error);
    } finally {
      this.busy = false;
      this.view.showBusy(false);
    }
  }

  private refused(error: unknown): void {
    const problems = error instanceof Refusal && error.status === RULES_BROKEN ? (error.problem.errors ?? []) : [];
    this.session.problems = problems;
    this.view.refresh();
    this.showFaults(problems);
    if (problems.length) this.view.focusProblem(problems);
    else this.view.showAlert(troubleOf(error));
  }

  private showFaults(problems: readonly RuleBroken[]): void {
    this.bench.overlay.showFaults(problems.flatMap(({ location }) => (location ? [location.coordinates as Position] : [])));
  }

  private typed(name: string, value: unknown): void {
    this.session.setValue(name, value);
    this.changed(name);
  }

  /** By the pointer the layer is right already; from a list of corners or a repair it is drawn anew. */
  private reshaped(shape: Shape, redraw = false): void {
    if (!this.session.setGeometry(shape)) return;
    if (redraw) this.shape.show(shape);
    this.changed();
  }

  /** One pixel of the map, or ten. */
  private nudge(key: string, far: boolean): boolean {
    const step = STEPS[key];
    const geometry = this.session.state.geometry;
    if (!step || !geometry) return false;
    const map = this.bench.map;
    const size = map.getSize();
    const [west, east] = [0, 100].map((x) => map.containerPointToLatLng([x, size.y / 2]).lng) as [number, number];
    const [north, south] = [0, 100].map((y) => map.containerPointToLatLng([size.x / 2, y]).lat) as [number, number];
    const pixels = far ? 10 : 1;
    this.reshaped(shifted(geometry, (step[0] * pixels * (east - west)) / 100, (step[1] * pixels * (north - south)) / 100), true);
    return true;
  }

  private changed(typing?: string): void {
    this.view.showAlert(null);
    this.view.refresh(typing);
    this.showFaults(this.session.problems);
    this.keepSoon();
  }

  private setMode(mode: Mode): void {
    this.mode = mode;
    this.shape.setSnapping(this.bench.snapping);
    this.shape.setMode(mode);
    this.view.showMode(mode, this.bench.snapping);
  }

  private readonly keepNow = (): void => {
    if (this.session.dirty && !this.finished) this.keep();
  };

  private keep(): void {
    if (this.finished) return;
    if (!this.session.dirty) return (this.discardDrafts(), this.view.showKept(undefined));
    this.keptAs.add(this.session.version);
    this.view.showKept(this.bench.drafts.keep(this.session.asDraft()) ? new Date() : null);
  }

  /** Nothing of this session is to be kept any more. */
  private finish(): void {
    this.finished = true;
    this.discardDrafts();
  }

  private discardDrafts(): void {
    const { target, id, version } = this.session;
    for (const kept of [...this.keptAs, version]) this.bench.drafts.discard({ collection: target.collection, id, version: kept });
    this.keptAs.clear();
  }
}
