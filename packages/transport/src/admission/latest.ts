/**
 * A map from addresses of which the older half is forgotten when there are as many as are to be remembered. What is put
 * down again is as new. Each half lies in two lists, by address: many nodes in one process meet each other, and a `Map`
 * would take three times as much.
 *
 * @example
 * const met = new Latest(2)
 * for (const [i, address] of ["a", "b", "a", "c"].entries()) met.set(address, i)
 * assert.deepStrictEqual([met.get("a"), met.get("b"), met.get("c")], [2, undefined, 3])
 */
export class Latest<A> {
  readonly #halfMax: number;
  #younger = new Half<A>();
  #older = new Half<A>();

  /** At most `limit` entries, and the latest `limit / 2` at least; 1 at least. */
  constructor(limit: number) {
    this.#halfMax = Math.max(1, Math.floor(limit / 2));
  }

  get(address: string): A | undefined {
    return this.#younger.get(address) ?? this.#older.get(address);
  }

  set(address: string, value: A): void {
    if (this.#younger.size >= this.#halfMax && this.#younger.get(address) === undefined) {
      this.#older = this.#younger;
      this.#younger = new Half();
    }
    this.#younger.set(address, value);
  }
}

/** The addresses in order, and the value of each at its place. */
class Half<A> {
  #addresses: string[] = [];
  /** Begun as a copy of nothing: a list that was written so as those of texts are has an object for each number. */
  #values: A[] = none.slice();

  get size(): number {
    return this.#addresses.length;
  }

  get(address: string): A | undefined {
    const place = this.#placeOf(address);
    // Compiled code that reads lists of texts and of numbers by `[place]` makes the numbers of both objects.
    return this.#addresses[place] === address ? this.#values.at(place) : undefined;
  }

  set(address: string, value: A): void {
    const place = this.#placeOf(address);
    const known = this.#addresses[place] === address ? 1 : 0;
    this.#addresses.splice(place, known, address);
    this.#values.splice(place, known, value);
    // Lists that grow have room for half as much again: of these there are many, and they seldom grow.
    this.#addresses = this.#addresses.slice();
    this.#values = this.#values.slice();
  }

  /** That of the first that is not before it. */
  #placeOf(address: string): number {
    let low = 0;
    let high = this.#addresses.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#addresses[middle] as string) < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const none: ReadonlyArray<never> = [];
