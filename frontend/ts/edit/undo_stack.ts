/** Step by step, back and forth through states. Changes of one group in a row, such as typing in one field, are one step. */

export class UndoStack<S> {
  private past: S[] = [];
  private future: S[] = [];
  private group: string | null = null;

  constructor(private present: S) {}

  get current(): S {
    return this.present;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** A change in the same group as the one before replaces it; without a group each is a step. */
  push(state: S, group: string | null = null): void {
    if (group === null || group !== this.group || !this.past.length) this.past.push(this.present);
    this.present = state;
    this.future = [];
    this.group = group;
  }

  /** The next change is a step of its own. */
  endGroup(): void {
    this.group = null;
  }

  undo(): S {
    return this.step(this.past, this.future);
  }

  redo(): S {
    return this.step(this.future, this.past);
  }

  private step(from: S[], to: S[]): S {
    const next = from.pop();
    if (next !== undefined) {
      to.push(this.present);
      this.present = next;
    }
    this.group = null;
    return this.present;
  }
}
