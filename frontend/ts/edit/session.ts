/** One edit of one feature: what it began with, what it is now, the steps between, and what the service refused of it. */

import type { RuleBroken, Saved } from "./api.ts";
import { sameShape, type Shape } from "./shapes.ts";
import { filledIn, patchBetween, stateOf, type MergePatch, type State } from "./state.ts";
import type { Draft } from "./drafts.ts";
import { calledBy, type Target } from "./target.ts";
import { UndoStack } from "./undo_stack.ts";

const NOTHING: State = { geometry: null, values: {} };

export class Session {
  comment = "";
  problems: RuleBroken[] = [];
  private steps: UndoStack<State>;

  /** `id` is null for a feature that was never saved; `base` is the state of `version`. */
  constructor(
    readonly target: Target,
    public id: number | null,
    public version: number,
    public base: State,
    state: State = base,
  ) {
    this.steps = new UndoStack(base);
    if (state !== base) this.steps.push(state);
  }

  static ofSaved(target: Target, { feature, version }: Saved): Session {
    return new Session(target, Number(feature.id), version, stateOf(feature));
  }

  static ofNew(target: Target, geometry: Shape): Session {
    return new Session(target, null, 0, NOTHING, { geometry, values: {} });
  }

  static ofDraft(target: Target, draft: Draft): Session {
    const session = new Session(target, draft.id, draft.version, draft.base ?? NOTHING, draft.state);
    session.comment = draft.comment;
    return session;
  }

  get state(): State {
    return this.steps.current;
  }

  get isNew(): boolean {
    return this.id === null;
  }

  get name(): string {
    return calledBy(this.state.values, this.id);
  }

  get canUndo(): boolean {
    return this.steps.canUndo;
  }

  get canRedo(): boolean {
    return this.steps.canRedo;
  }

  get patch(): MergePatch | null {
    return patchBetween(this.base, this.state, this.target.writable);
  }

  get dirty(): boolean {
    return this.patch !== null;
  }

  /** For a new feature. */
  get properties(): Record<string, unknown> {
    return filledIn(this.state.values, this.target.writable);
  }

  setValue(name: string, value: unknown): void {
    this.steps.push({ ...this.state, values: { ...this.state.values, [name]: value } }, `field ${name}`);
    this.problems = this.problems.filter((problem) => problem.field !== name);
  }

  /** Whether it is another shape than before. */
  setGeometry(geometry: Shape): boolean {
    if (sameShape(geometry, this.state.geometry)) return false;
    this.steps.push({ ...this.state, geometry });
    this.problems = this.problems.filter((problem) => problem.field !== "geometry");
    return true;
  }

  undo(): void {
    this.steps.undo();
  }

  redo(): void {
    this.steps.redo();
  }

  /** Goes on from another version, with what was merged; the steps before are no longer to be had. */
  rebase(version: number, base: State, state: State): void {
    this.version = version;
    this.base = base;
    this.steps = new UndoStack(base);
    this.steps.push(state);
    this.problems = [];
  }

  asDraft(): Draft {
    const { target, id, version, state, comment, name } = this;
    return { collection: target.collection, id, version, base: this.isNew ? null : this.base, state, comment, title: name, saved_at: new Date().toISOString() };
  }
}
