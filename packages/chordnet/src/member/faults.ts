import type { Millis } from "@chordnet/core";
import type { Counters } from "../observing/counters.js";
import type { Clock, Logger } from "../ports.js";

/** In milliseconds. */
const faultRestMs = 100;

/**
 * What a state machine's driver does with what a step throws, which is a bug: it is counted and logged, the event is
 * lost, and the machine's timer rests, so that a step that throws is not tried again at full speed.
 */
export class Faults {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #counters: Counters;
  #restUntil: Millis = Number.NEGATIVE_INFINITY;

  constructor(ports: { readonly clock: Clock; readonly logger: Logger; readonly counters: Counters }) {
    this.#clock = ports.clock;
    this.#logger = ports.logger;
    this.#counters = ports.counters;
  }

  /** @param what it was that threw, for the log */
  caught(what: string, error: unknown): void {
    this.#counters.faults += 1;
    this.#restUntil = this.#clock.now() + faultRestMs;
    this.#logger.error(`${what} threw`, error);
  }

  /** When the timer for a deadline is to fire. */
  dueAt(deadline: Millis): Millis {
    return Math.max(deadline, this.#restUntil);
  }
}
