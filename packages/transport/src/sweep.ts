import type { LinkLimits } from "./limits.js";
import type { Link } from "./link.js";

/** One timer for all connections looks for those that are idle or don't drain, so that frames need none. */
export class Sweep {
  readonly #links: ReadonlySet<Link>;
  readonly #limits: LinkLimits;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(links: ReadonlySet<Link>, limits: LinkLimits) {
    this.#links = links;
    this.#limits = limits;
  }

  start(): void {
    const { idleMs, drainTimeoutMs } = this.#limits;
    const periodMs = Math.max(1, Math.min(periodMsMax, idleMs / 4, drainTimeoutMs / 4));
    this.#timer ??= setInterval(() => this.#look(performance.now()), periodMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #look(now: number): void {
    const { idleMs, drainTimeoutMs } = this.#limits;
    for (const link of [...this.#links]) {
      if (link.active) {
        link.active = false;
        link.quietSince = now;
      }
      if (link.blockedSince !== null && now - link.blockedSince > drainTimeoutMs) {
        link.cut("timeout", "it does not drain");
      } else if (link.phase === "open" && link.blockedSince === null && now - link.quietSince > idleMs) {
        link.leave("idle");
      }
    }
  }
}

const periodMsMax = 1_000;
