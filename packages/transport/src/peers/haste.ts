/**
 * When frames are written: at once, or all of a turn together. Many are gathered, since a write costs more than all
 * else that is done for a frame. But who sends one and waits for its answer would pay for a callback of Node's in vain.
 * So after something was read one frame is written at once. If more follow in that turn, those of the next turns are
 * gathered, from the first one on, until a turn has no more than one.
 */
export class Haste {
  /** Whether the last turn with frames to gather had no more than one. */
  #single = true;
  /** Whether something has been read since a frame was written at once. */
  #fresh = false;
  #gathered = 0;

  /** Something was read: what is sent next may be all that comes of it. */
  heard(): void {
    this.#fresh = true;
  }

  /** Whether the frame that is sent now is written at once; else it is gathered. */
  sends(): boolean {
    if (this.#single && this.#fresh) {
      this.#fresh = false;
      return true;
    }
    this.#gathered += 1;
    return false;
  }

  /** What was gathered in this turn is written now. */
  flushed(): void {
    this.#single = this.#gathered <= 1;
    this.#gathered = 0;
  }
}
