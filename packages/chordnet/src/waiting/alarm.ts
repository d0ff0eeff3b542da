import type { Clock } from "../ports.js";

/**
 * One timer for whatever is due: it rings at the earliest of the times that it was set to, once. Who is woken looks
 * what is due, and sets it again.
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #at: number = Number.POSITIVE_INFINITY;
  #cancelTimer: () => void = () => undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** It rings at this time, by its clock, or earlier where it was set so. `Infinity` sets nothing. */
  set(at: number): void {
    if (at >= this.#at) return;
    this.#cancelTimer();
    this.#at = at;
    this.#cancelTimer = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
      this.#at = Number.POSITIVE_INFINITY;
      this.#ring();
    });
  }

  /** Nothing that it was set to rings any more. */
  stop(): void {
    this.#cancelTimer();
    this.#at = Number.POSITIVE_INFINITY;
  }
}
