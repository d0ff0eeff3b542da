/** The most that a late harness catches up with at once, so that its pauses don't become storms. */
const catchUpMs = 50;

/** When each of many acts is due that go on at a steady rate. */
export class Pace {
  readonly #gapMs: number;
  readonly #now: () => number;
  #due = 0;
  #skipped = 0;

  /** `now`: milliseconds, monotonic. */
  constructor(ratePerSecond: number, now: () => number) {
    this.#gapMs = 1000 / ratePerSecond;
    this.#now = now;
  }

  /** Never done, since the harness itself was late: the machine's shortcoming. */
  get skipped(): number {
    return this.#skipped;
  }

  /** The first one is due now. */
  begin(): void {
    this.#due = this.#now();
  }

  /** How many have become due since this was asked last. */
  due(): number {
    const now = this.#now();
    if (now - this.#due > catchUpMs) this.#skip(Math.floor((now - catchUpMs - this.#due) / this.#gapMs));
    const count = Math.max(0, Math.floor((now - this.#due) / this.#gapMs) + 1);
    this.#due += count * this.#gapMs;
    return count;
  }

  #skip(count: number): void {
    this.#skipped += count;
    this.#due += count * this.#gapMs;
  }
}
