/**
 * A map from addresses of which the older half is forgotten when there are as many as are to be remembered. What is put
 * down again is as new. (To take an entry out and put it back keeps the order to the entry, but a `Map` that is used so
 * takes twice its room, and of these there are several in a process with many nodes.)
 *
 * @example
 * const latest = new Latest<number>(2)
 * for (const [i, address] of ["a", "b", "a", "c"].entries()) latest.set(address, i)
 * assert.deepStrictEqual([latest.get("a"), latest.get("b"), latest.get("c")], [2, undefined, 3])
 */
export class Latest<A> {
  readonly #halfMax: number;
  #younger = new Map<string, A>();
  #older: ReadonlyMap<string, A> | null = null;

  /** At most `limit` entries, and the latest `limit / 2` at least; 1 at least. */
  constructor(limit: number) {
    this.#halfMax = Math.max(1, Math.floor(limit / 2));
  }

  get(address: string): A | undefined {
    return this.#younger.get(address) ?? this.#older?.get(address);
  }

  set(address: string, value: A): void {
    if (this.#younger.size >= this.#halfMax && !this.#younger.has(address)) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(address, value);
  }
}
