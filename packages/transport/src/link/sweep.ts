import type { LinkLimits } from "../limits.js";
import type { Link } from "./link.js";

/** One timer for all connections looks for those that are idle or don't drain, so that frames need none. */
export class Sweep {
  readonly #links: ReadonlySet<Link>;
  readonly #limits: LinkLimits;
  readonly #periodMs: number;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(links: ReadonlySet<Link>, limits: LinkLimits) {
    this.#links = links;
    this.#limits = limits;
    this.#periodMs = Math.max(1, Math.min(periodMsMax, limits.idleMs / 4, limits.drainTimeoutMs / 4));
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#look(), this.#periodMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    const { idleMs, drainTimeoutMs } = this.#limits;
    for (const link of [...this.#links]) {
      const { phase, ages, writing } = link;
      ages.passed(this.#periodMs, writing.blocked, phase === "open");
      if (ages.blockedMs > drainTimeoutMs) link.cut("timeout", "it does not drain");
      else if (phase === "open" && !writing.blocked && ages.quietMs > idleMs) link.leave("idle");
    }
  }
}

const periodMsMax = 1_000;
