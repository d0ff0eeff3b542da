/** A small seeded generator, so that a scene can be played again with the same keys and victims. */
export interface Random {
  /** From 0 inclusive to 1 exclusive. */
  next(): number;
  below(limit: number): number;
  pick<A>(from: ReadonlyArray<A>): A;
  /** Any 160-bit identifier. */
  id(): bigint;
}

/** mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    pick: (from) => {
      if (from.length === 0) throw new RangeError("nothing to pick from");
      return from[below(from.length)] as (typeof from)[number];
    },
    id: () => {
      let id = 0n;
      for (let word = 0; word < 5; word += 1) id = (id << 32n) | BigInt(below(4_294_967_296));
      return id;
    },
  };
}
