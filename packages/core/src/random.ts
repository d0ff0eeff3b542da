/**
 * Randomness as a value: a small seeded generator that a node carries in its state, so that a run can be repeated
 * exactly. sfc32 (PractRand): fast and of good quality, but no secret. What must not be guessed needs a seed that
 * nobody can guess.
 *
 * @category randomness
 */

/** The generator between two draws: four 32-bit words. */
export interface Random {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly counter: number;
}

export type Seed = readonly [number, number, number, number];

/** Draws that are thrown away after seeding, until like seeds have parted. */
const warmUpDraws = 15;

/**
 * The generator that starts from four 32-bit words.
 *
 * @example
 * const [first] = nextUint32(seedRandom([1, 2, 3, 4]))
 * const [again] = nextUint32(seedRandom([1, 2, 3, 4]))
 * assert.strictEqual(first, again)
 */
export function seedRandom(seed: Seed): Random {
  let random: Random = { a: seed[0] | 0, b: seed[1] | 0, c: seed[2] | 0, counter: seed[3] | 0 };
  for (let i = 0; i < warmUpDraws; i++) random = nextUint32(random)[1];
  return random;
}

/** An integer in `[0, 2^32)`, and the generator after it. */
export function nextUint32(random: Random): readonly [number, Random] {
  const { a, b, c, counter } = random;
  const drawn = (((a + b) | 0) + counter) | 0;
  return [
    drawn >>> 0,
    {
      a: b ^ (b >>> 9),
      b: (c + (c << 3)) | 0,
      c: (((c << 21) | (c >>> 11)) + drawn) | 0,
      counter: (counter + 1) | 0,
    },
  ];
}

/** 32 random bits as a fraction in `[0, 1)`. */
export function fraction(bits: number): number {
  return bits / 0x1_0000_0000;
}

/**
 * An integer in `[0, bound)`, and the generator after it; `bound` from 1 to 2^32. No value is more likely than another
 * by more than `bound / 2^32`.
 *
 * @example
 * const [die] = below(seedRandom([1, 2, 3, 4]), 6)
 * assert.ok(die >= 0 && die < 6)
 */
export function below(random: Random, bound: number): readonly [number, Random] {
  const [drawn, next] = nextUint32(random);
  return [Math.floor(fraction(drawn) * bound), next];
}
