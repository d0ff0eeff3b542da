import type { LinkLimits } from "../limits.js";
import type { Hello } from "../transport.js";

/** How much may come in a second. */
export interface Rates {
  readonly frames: number;
  readonly bytes: number;
}

/** Who has no address is a client: there are many, and nobody vouches for them. */
export const ratesOf = ({ address }: Hello, limits: LinkLimits): Rates => ({
  frames: address === null ? limits.clientFramesPerSecondMax : limits.framesPerSecondMax,
  bytes: limits.bytesPerSecondMax,
});

/**
 * How fast a peer is read. What is past its rates waits with the peer, whose own sends stop draining; nothing is lost.
 * A quarter of a second's worth may come at once.
 */
export class Pace {
  #frames = burst;
  #bytes = burst;
  #at: number;

  /** `now` in milliseconds of any steady clock. */
  constructor(now: number) {
    this.#at = now;
  }

  /** That much came. Gives for how long nothing more is to be read; 0: go on. */
  spend(frames: number, bytes: number, rates: Rates, now: number): number {
    const passed = (now - this.#at) / 1_000;
    this.#at = now;
    this.#frames = Math.min(burst, this.#frames + passed) - frames / rates.frames;
    this.#bytes = Math.min(burst, this.#bytes + passed) - bytes / rates.bytes;
    const short = -Math.min(this.#frames, this.#bytes);
    return short > 0 ? Math.max(1, Math.round(short * 1_000)) : 0;
  }
}

/** Seconds. */
const burst = 0.25;
