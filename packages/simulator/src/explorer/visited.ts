import type { Digest } from "./canonical.js";

/** Numbers digests in the order in which they come: a hash table of 64-bit keys, 16 bytes for each at most. */
export class Visited {
  private highs: Uint32Array = new Uint32Array(1 << 16);
  private lows: Uint32Array = new Uint32Array(1 << 16);
  /** Number + 1; 0: empty. */
  private numbers: Uint32Array = new Uint32Array(1 << 16);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The digest's number; if it is new, the next one. */
  number({ high, low }: Digest): number {
    if (this.count * 2 > this.numbers.length) this.grow();
    const place = this.place(high, low);
    if (this.numbers[place] !== 0) return (this.numbers[place] as number) - 1;
    this.highs[place] = high;
    this.lows[place] = low;
    this.numbers[place] = ++this.count;
    return this.count - 1;
  }

  private place(high: number, low: number): number {
    const mask = this.numbers.length - 1;
    let place = (Math.imul(high ^ Math.imul(low, 0x9e3779b1), 0x85ebca6b) >>> 7) & mask;
    while (this.numbers[place] !== 0 && (this.highs[place] !== high || this.lows[place] !== low)) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private grow(): void {
    const { highs, lows, numbers } = this;
    this.highs = new Uint32Array(numbers.length * 2);
    this.lows = new Uint32Array(numbers.length * 2);
    this.numbers = new Uint32Array(numbers.length * 2);
    for (let i = 0; i < numbers.length; i++) {
      if (numbers[i] === 0) continue;
      const place = this.place(highs[i] as number, lows[i] as number);
      this.highs[place] = highs[i] as number;
      this.lows[place] = lows[i] as number;
      this.numbers[place] = numbers[i] as number;
    }
  }
}

/** A list of 32-bit numbers that grows. */
export class Numbers {
  private items: Uint32Array = new Uint32Array(1 << 10);
  private count = 0;

  get length(): number {
    return this.count;
  }

  at(place: number): number {
    return this.items[place] as number;
  }

  push(item: number): void {
    if (this.count === this.items.length) {
      const wider = new Uint32Array(this.count * 2);
      wider.set(this.items);
      this.items = wider;
    }
    this.items[this.count++] = item;
  }
}
