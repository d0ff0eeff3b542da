import type { Random, Seed } from "@chordnet/core";
import { nextUint32, seedRandom } from "@chordnet/core";
import { scatter } from "./links.js";

/** The simulator's own chance, from a seed. */
export class Dice {
  private random: Random;

  constructor(seed: number) {
    this.random = seedRandom([seed, 0x9e3779b9, 7, 1]);
  }

  /** Chance of its own for whatever the text names, so that what is drawn for one thing moves nothing of another. */
  static of(text: string): Dice {
    return new Dice(scatter(text) * 0x1_0000_0000);
  }

  /** 32 random bits. */
  word(): number {
    const drawn = nextUint32(this.random);
    this.random = drawn[1];
    return drawn[0];
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
