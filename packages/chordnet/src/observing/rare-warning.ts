import { LateMap } from "@chordnet/core";
import type { Logger } from "../ports.js";

/** What anybody can cause as often as they like is logged once, then every ten seconds with a count. */
export class RareWarning {
  readonly #logger: Logger;
  readonly #told = new LateMap<string, { at: number; untold: number }>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** `reason` must be one of few; `at` in milliseconds of any steady clock. */
  tell(message: string, reason: string, at: number, data: object): void {
    const last = this.#told.get(reason);
    if (last !== undefined && at < last.at + periodMs) {
      last.untold += 1;
      return;
    }
    this.#told.set(reason, { at, untold: 0 });
    this.#logger.warn(message, last === undefined ? data : { ...data, untold: last.untold });
  }
}

const periodMs = 10_000;
