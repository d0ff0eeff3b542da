/**
 * A `Set` that is there only while it holds something, as `LateMap` is a map.
 *
 * @internal
 *
 * @example
 * const set = new LateSet()
 * set.add("a")
 * assert.deepStrictEqual([...set], ["a"])
 * set.delete("a")
 * assert.deepStrictEqual([set.size, [...set]], [0, []])
 */
export class LateSet<A> {
  #set: Set<A> | null = null;

  get size(): number {
    return this.#set?.size ?? 0;
  }

  add(value: A): void {
    this.#set ??= new Set();
    this.#set.add(value);
  }

  delete(value: A): boolean {
    const deleted = this.#set?.delete(value) ?? false;
    if (this.size === 0) this.#set = null;
    return deleted;
  }

  [Symbol.iterator](): IterableIterator<A> {
    return (this.#set ?? nothing)[Symbol.iterator]();
  }
}

const nothing = new Set<never>();
