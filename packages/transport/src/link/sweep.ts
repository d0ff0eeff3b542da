import type { LinkLimits } from "../limits.js";
import type { Link } from "./link.js";

/**
 * Looks once in a while for connections that are idle or don't drain, so that frames need no timers: where it can, while
 * the process is awake anyway, for a chunk that came. Its own timer is for a process to which nothing comes: a node that
 * rests pays for each wake.
 */
export class Sweep {
  readonly #links: ReadonlySet<Link>;
  readonly #limits: LinkLimits;
  readonly #periodMs: number;
  readonly #timerMs: number;
  #timer: ReturnType<typeof setInterval> | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(links: ReadonlySet<Link>, limits: LinkLimits) {
    this.#links = links;
    this.#limits = limits;
    this.#periodMs = Math.max(1, Math.min(periodMsMax, limits.idleMs / 4, limits.drainTimeoutMs / 4));
    this.#timerMs = timerPeriods * this.#periodMs;
  }

  start(): void {
    if (this.#timer !== null) return;
    this.#lookedAt = performance.now();
    this.#timer = setInterval(() => this.awake(performance.now()), this.#timerMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** The process is awake at this time, in milliseconds of a steady clock: if a period has passed, it looks. */
  awake(now: number): void {
    const passedMs = now - this.#lookedAt;
    if (passedMs < this.#periodMs || this.#timer === null) return;
    this.#lookedAt = now;
    // To a process that was stopped for a while this was no more than its timer takes, not the end of all connections.
    this.#look(Math.min(passedMs, this.#timerMs));
  }

  #look(passedMs: number): void {
    const { idleMs, drainTimeoutMs } = this.#limits;
    for (const link of [...this.#links]) {
      const { phase, ages, writing } = link;
      ages.passed(passedMs, writing.blocked, phase === "open");
      // It may have begun just before.
      if (ages.blockedMs - passedMs >= drainTimeoutMs) link.cut("timeout", "it does not drain");
      else if (phase === "open" && !writing.blocked && ages.quietMs > idleMs) link.leave("idle");
    }
  }
}

const periodMsMax = 1_000;

/** How many periods pass from one wake to the next where nothing else wakes the process. */
const timerPeriods = 4;
