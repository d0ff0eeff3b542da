import type { Seed } from "@chordnet/core";
import { seedRandom } from "@chordnet/core";
import { scatter } from "./links.js";

/**
 * The simulator's own chance, from a seed: what `nextUint32` draws, in place. It is asked several times a message, and
 * nobody keeps what it was before.
 */
export class Dice {
  private a: number;
  private b: number;
  private c: number;
  private counter: number;

  constructor(seed: number) {
    const { a, b, c, counter } = seedRandom([seed, 0x9e3779b9, 7, 1]);
    this.a = a;
    this.b = b;
    this.c = c;
    this.counter = counter;
  }

  /** Chance of its own for whatever the text names, so that what is drawn for one thing moves nothing of another. */
  static of(text: string): Dice {
    return new Dice(scatter(text) * 0x1_0000_0000);
  }

  /** 32 random bits. */
  word(): number {
    const { a, b, c, counter } = this;
    const drawn = (((a + b) | 0) + counter) | 0;
    this.a = b ^ (b >>> 9);
    this.b = (c + (c << 3)) | 0;
    this.c = (((c << 21) | (c >>> 11)) + drawn) | 0;
    this.counter = (counter + 1) | 0;
    return drawn >>> 0;
  }

  /** A fraction in [0, 1). */
  draw(): number {
    return this.word() / 0x1_0000_0000;
  }

  between(least: number, most: number): number {
    return least + this.draw() * (most - least);
  }

  /** An integer in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.draw() * bound);
  }

  /** Four words: what a process is seeded with. */
  seed(): Seed {
    return [this.word(), this.word(), this.word(), this.word()];
  }
}
