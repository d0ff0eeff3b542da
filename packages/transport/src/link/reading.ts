import type { RawSocket } from "../driver.js";
import { Pace, type Rates } from "./pace.js";

/**
 * Whether a connection is read. Two may stop it, and it is read again when neither does: its owner, because of what
 * the remote leaves unread itself; and the pace, because too much came at once. What is not read waits with the
 * remote, whose writes stop draining.
 */
export class Reading {
  readonly #socket: RawSocket;
  readonly #pace = new Pace(performance.now());
  #paused = false;
  /** Until it has passed too much has come. */
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: RawSocket) {
    this.#socket = socket;
  }

  /** Until `resume`. */
  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#rest === undefined) this.#socket.resume();
  }

  /** That much came. True: it was too much, and from now on nothing is read for a moment. */
  spend(frames: number, bytes: number, rates: Rates): boolean {
    const restMs = this.#pace.spend(frames, bytes, rates, performance.now());
    if (restMs === 0) return false;
    const begins = this.#rest === undefined;
    if (begins) this.#socket.pause();
    // What had been read already still comes, and counts.
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#rested(), restMs);
    return begins;
  }

  /** Nobody stops it any more: how a connection ends can only be read. */
  free(): void {
    this.#paused = false;
    this.#rested();
  }

  #rested(): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
    if (!this.#paused) this.#socket.resume();
  }
}
