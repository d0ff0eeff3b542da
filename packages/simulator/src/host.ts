import type { Address, Happening, Outcome, ProcessState } from "@chordnet/core";
import { nextProcessDeadline } from "@chordnet/core";
import type { Sight } from "./witness.js";

/** A process of the simulation, with a clock of its own that may be too fast or too slow. */
export class Host {
  state: ProcessState;
  /** Stopped, as by SIGSTOP: what comes in waits, and so does what was just about to go out. */
  stoppedUntil = 0;
  readonly inbox: Array<{ readonly node: number | null; readonly what: Happening }> = [];
  readonly outbox: Outcome[] = [];
  /** It is to stop for so long between its next step and what that step does. */
  stopMidwayMs = 0;
  /** Which processes it has an open connection with: they notice if it dies. */
  readonly linked: Set<Address> = new Set();
  timerAt: number = Number.POSITIVE_INFINITY;
  private readonly born: number;
  private readonly drift: number;

  constructor(state: ProcessState, born: number, drift: number) {
    this.state = state;
    this.born = born;
    this.drift = drift;
  }

  /** Its monotonic clock. */
  clock(now: number): number {
    return this.born + (now - this.born) * this.drift;
  }

  isStopped(now: number): boolean {
    return now < this.stoppedUntil;
  }

  /** When its timer is due. A real one is never early, and late by a clock's tick at least. */
  dueAt(now: number): number {
    const due = nextProcessDeadline(this.state);
    if (due === null) return Number.POSITIVE_INFINITY;
    return Math.max(now, this.born + (due - this.born) / this.drift) + 0.001;
  }

  sights(now: number): Sight[] {
    const clock = this.clock(now);
    const stopped = this.isStopped(now);
    return this.state.nodes.map((node) => ({ node, clock, stopped }));
  }
}
