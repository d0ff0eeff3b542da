import type { Millis } from "@chordnet/core";

/** More in an interval than anybody has deadlines: some thousands, with as many commands under way. */
const ticksMax = 20_000;

/**
 * What was due may leave something else to do at once, but not again and again: where all its fingers lie within the
 * process, a newcomer finds one after another.
 */
const dueStillMax = 32;

/** Checks that a process is woken only when something is due, and does it then. */
export class Ticks {
  private readonly intervalMs: Millis;
  private from: Millis = 0;
  private count = 0;
  private dueStill = 0;

  constructor(intervalMs: Millis) {
    this.intervalMs = intervalMs;
  }

  /** It was woken; `isDue`: something is due still. Gives what is wrong with that, once, when it becomes too much. */
  flaw(now: Millis, isDue: boolean): string | null {
    if (now >= this.from + this.intervalMs) {
      this.from = now;
      this.count = 0;
    }
    this.count += 1;
    this.dueStill = isDue ? this.dueStill + 1 : 0;
    if (this.dueStill === dueStillMax) return "what was due is due still";
    return this.count === ticksMax ? "woken too often" : null;
  }
}
