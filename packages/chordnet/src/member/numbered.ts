/**
 * What is under way, by numbers that are given out here. A `Map` would do, if it did not keep what was taken from it:
 * each time that it has filled up with what was deleted, the table that it leaves behind holds all that was under way,
 * and, once the collector counts that table among the old, the next table too. So half a kilobyte of each of a million
 * lookups lived until the next full collection, and a pause of the collector took ten milliseconds in place of one.
 */
export class Numbered<A> {
  readonly #values: Array<A | null> = [];
  readonly #numbers: number[] = [];
  readonly #free: number[] = [];
  #count = 0;

  /** The number by which it can be taken: no other of those under way has it, nor had any of the last 33 million. */
  add(value: A): number {
    const slot = this.#free.pop() ?? this.#values.length;
    this.#count = (this.#count + 1) % countsMax;
    const number = this.#count * slotsMax + slot;
    this.#values[slot] = value;
    this.#numbers[slot] = number;
    return number;
  }

  /** What was added under the number, once; null: it was taken before, or never added. */
  take(number: number): A | null {
    const slot = number % slotsMax;
    const value = this.#numbers[slot] === number ? (this.#values[slot] ?? null) : null;
    if (value === null) return null;
    this.#values[slot] = null;
    this.#free.push(slot);
    return value;
  }

  /** All that were not taken. */
  takeAll(): A[] {
    const left = this.#values.filter((value) => value !== null);
    this.#values.length = 0;
    this.#free.length = 0;
    return left;
  }
}

/** Both together give a safe integer. So many are never under way at once: the memory would not suffice. */
const slotsMax = 2 ** 28;
export const countsMax: number = 2 ** 25;
