/**
 * Who waits to ask a node something: the library lets no more than five connections wait for it, and what comes beyond
 * is tried again by the system a second later.
 */
export class Turns {
  readonly #max: number;
  readonly #taken = new Map<string, number>();
  readonly #waiting = new Map<string, Array<() => void>>();

  /** `max`: how many may ask one node at a time. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Asks when it is its turn, in the order in which they come. */
  async inTurn<A>(url: string, ask: () => Promise<A>): Promise<A> {
    await this.#take(url);
    try {
      return await ask();
    } finally {
      this.#giveBack(url);
    }
  }

  async #take(url: string): Promise<void> {
    const taken = this.#taken.get(url) ?? 0;
    if (taken < this.#max) {
      this.#taken.set(url, taken + 1);
      return;
    }
    const waiting = this.#waiting.get(url) ?? [];
    this.#waiting.set(url, waiting);
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  /** To whoever has waited longest. */
  #giveBack(url: string): void {
    const next = this.#waiting.get(url)?.shift();
    if (next !== undefined) {
      next();
      return;
    }
    this.#waiting.delete(url);
    const left = (this.#taken.get(url) ?? 1) - 1;
    if (left === 0) this.#taken.delete(url);
    else this.#taken.set(url, left);
  }
}
