import type { Random, Seed } from "@chordnet/core";
import { nextUint32, seedRandom } from "@chordnet/core";

/** The simulator's own chance, from a seed. */
export class Dice {
  private random: Random;

  constructor(seed: number) {
    this.random = seedRandom([seed, 0x9e3779b9, 7, 1]);
  }

  /** 32 random bits. */
  word(): number {
    const [bits, next] = nextUint32(this.random);
    this.random = next;
    return bits;
  }

  /** A fraction in [0, 1). */
  draw(): number {
    return this.word() / 0x1_0000_0000;
  }

  /** Four words: what a process is seeded with. */
  seed(): Seed {
    return [this.word(), this.word(), this.word(), this.word()];
  }
}
