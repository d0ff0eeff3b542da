import type { Address, Event, Millis, Outcome, ProcessState } from "@chordnet/core";
import { defaultRing, nextProcessDeadline } from "@chordnet/core";
import type { Held } from "../checks/claims.js";
import { Ticks } from "./ticks.js";

/** A power of two. */
const metPlaces = 32;

/** How late a timer is at least. */
const tickMs = 0.001;

/** What came in while the process was stopped. */
interface Waiting {
  readonly node: number | null;
  readonly event: Event;
  readonly letter: number | null;
}

/** A process of the simulation, with clocks of its own. */
export class Host {
  state: ProcessState;
  /** Stopped, as by SIGSTOP: what comes in waits, and so does what was just about to go out. */
  stoppedUntil = 0;
  readonly inbox: Waiting[] = [];
  /** What it has read of its inbox, and handles before its timers. */
  read: Waiting[] = [];
  /** Its timers have had their turn. */
  ticked = false;
  readonly outbox: Outcome[] = [];
  /** For how long it is to stop between its next step and what that step does; 0: not at all. */
  stopMidwayMs = 0;
  /** How long each of its steps takes: what a step does comes late, and what comes in meanwhile waits. */
  stepMs = 0;
  /** How far its calendar is ahead. */
  wallAheadMs = 0;
  readonly url: Address;
  /** Which processes it has an open connection with: they notice if it dies. */
  readonly linked: Set<Address> = new Set();
  /** A small cache of hosts that it is linked with: each in the place that its number tells, the latest one there. */
  private readonly met: Array<Host | null> = new Array(metPlaces).fill(null);
  /** When the last message of each connection arrives, of those that keep their order. */
  readonly arrivals: Map<Address, Millis> = new Map();
  /** What its virtual nodes were seen to claim. */
  readonly held: Array<Held | undefined> = [];
  timerAt: number = Number.POSITIVE_INFINITY;
  /** Since when its machine sleeps, whose monotonic clock stands still; null: it is awake. */
  private asleepSince: Millis | null = null;
  private zero: Millis;
  /** The state whose deadline is known, and that deadline on its own clock. */
  private dueOf: ProcessState | null = null;
  private due: Millis = Number.POSITIVE_INFINITY;
  readonly born: Millis;
  readonly ticks: Ticks;
  private readonly drift: number;
  private readonly number: number;

  /** `number`: another for each host of a simulation. */
  constructor(state: ProcessState, born: Millis, drift: number, number: number) {
    this.state = state;
    this.url = state.url;
    this.number = number;
    this.born = born;
    this.zero = born;
    this.drift = drift;
    this.ticks = new Ticks(state.nodes[0]?.config.ring.intervalMs ?? defaultRing.intervalMs);
  }

  /** Links the two, if they are not. Most have met before: one place of the cache tells so, which is quicker. */
  meet(other: Host): void {
    const place = other.number & (metPlaces - 1);
    if (this.met[place] === other) return;
    this.met[place] = other;
    this.linked.add(other.url);
    other.linked.add(this.url);
  }

  /** The other is gone. */
  part(other: Host): void {
    this.linked.delete(other.url);
    const place = other.number & (metPlaces - 1);
    if (this.met[place] === other) this.met[place] = null;
  }

  /** Its monotonic clock. */
  clock(now: Millis): Millis {
    return this.born + ((this.asleepSince ?? now) - this.zero) * this.drift;
  }

  /** When its monotonic clock will show so much. */
  timeOf(clock: Millis, now: Millis): Millis {
    return now + (clock - this.clock(now)) / this.drift;
  }

  isStopped(now: Millis): boolean {
    return now < this.stoppedUntil;
  }

  sleep(now: Millis): void {
    this.asleepSince ??= now;
  }

  wake(now: Millis): void {
    if (this.asleepSince !== null) this.zero += now - this.asleepSince;
    this.asleepSince = null;
  }

  /** When its timer is due. A real one is never early, and late by a clock's tick at least. */
  dueAt(now: Millis): Millis {
    if (this.dueOf !== this.state) {
      this.dueOf = this.state;
      this.due = nextProcessDeadline(this.state) ?? Number.POSITIVE_INFINITY;
    }
    const { due } = this;
    if (due === Number.POSITIVE_INFINITY) return due;
    return Math.max(now, this.zero + (due - this.born) / this.drift) + tickMs;
  }

  /** Whether its timer, if it rang now, would find anything to do. */
  isDue(now: Millis): boolean {
    return this.dueAt(now) <= now + tickMs;
  }
}
