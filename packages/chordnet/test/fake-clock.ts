import type { Clock } from "../src/ports.js";

/** Time that passes when told to. Timers fire in order, each at its own time. */
export class FakeClock implements Clock {
  #now = 0;
  #timers: { readonly at: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  wall(): number {
    return 1_700_000_000_000 + this.#now;
  }

  after(ms: number, wake: () => void): () => void {
    const timer = { at: this.#now + ms, wake };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get pending(): number {
    return this.#timers.length;
  }

  /** When the next timer fires; infinity: there is none. */
  get nextAt(): number {
    return Math.min(...this.#timers.map(({ at }) => at));
  }

  /** Time passes and no timer fires, as in a process that is held up. */
  stall(ms: number): void {
    this.#now += ms;
  }

  /** The timers that are due now fire, but none that they set. */
  fire(): void {
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { wake } of due) wake();
  }

  /** Lets `ms` pass, and what it sets off settle. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#now = Math.max(this.#now, due.at);
      due.wake();
      await settled();
    }
    this.#now = until;
    await settled();
  }
}

/** All microtasks that are under way. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
