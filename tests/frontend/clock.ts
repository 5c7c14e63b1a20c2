/** A clock that stands still until it is told: setTimeout without waiting, the same on every version of Node. */

interface Alarm {
  at: number;
  ring: () => void;
}

export class Clock {
  private now = 0;
  private next = 1;
  private readonly alarms = new Map<number, Alarm>();

  /** From here on, setTimeout and clearTimeout are this clock's. */
  install(): this {
    Object.assign(globalThis, {
      setTimeout: (ring: () => void, wait_ms = 0) => (this.alarms.set(this.next, { at: this.now + wait_ms, ring }), this.next++),
      clearTimeout: (alarm: number) => this.alarms.delete(alarm),
    });
    return this;
  }

  tick(for_ms: number): void {
    const end = this.now + for_ms;
    for (;;) {
      const [id, due] = [...this.alarms].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (!due) break;
      this.alarms.delete(id as number);
      this.now = due.at;
      due.ring();
    }
    this.now = end;
  }
}
