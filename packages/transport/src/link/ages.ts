/**
 * For how long a connection has been as it is. Counted in periods, and no clock is asked: for a process that was
 * stopped for a while this was one period, not the end of all its connections.
 */
export class Ages {
  /** Without a data frame either way. */
  quietMs = 0;
  /** The socket has taken no bytes. */
  blockedMs = 0;
  /** Nothing at all has come. */
  deafMs = 0;
  openMs = 0;
  #busy = true;

  /** A frame went or came. */
  busy(): void {
    this.#busy = true;
  }

  heard(): void {
    this.deafMs = 0;
  }

  drained(): void {
    this.blockedMs = 0;
  }

  /** A period has passed, at the end of which it is so. */
  passed(periodMs: number, blocked: boolean, open: boolean): void {
    this.quietMs = this.#busy ? 0 : this.quietMs + periodMs;
    this.blockedMs = blocked ? this.blockedMs + periodMs : 0;
    this.deafMs += periodMs;
    if (open) this.openMs += periodMs;
    this.#busy = false;
  }
}
