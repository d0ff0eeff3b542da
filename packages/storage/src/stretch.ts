import type { Arc, EntryName, Id, Space } from "@chordnet/core";

/** A part of an arc in which names only rise: from `from`, itself included, to the last name at `to`. */
export interface Stretch {
  readonly from: EntryName;
  readonly to: Id;
}

const firstKey = new Uint8Array(0);

/**
 * What of the arc lies behind `after` (null: all of it), clockwise. Two stretches where it passes the circle's zero.
 *
 * @param after a name within the arc
 * @example
 * const ends = stretches({ bits: 4, size: 16n, mask: 15n }, { start: 13n, end: 2n }, null)
 * assert.deepStrictEqual(ends.map(({ from, to }) => [from.id, to]), [[14n, 15n], [0n, 2n]])
 */
export function stretches(ring: Space, arc: Arc, after: EntryName | null): ReadonlyArray<Stretch> {
  const from = after === null ? { id: ((arc.start + 1n) & ring.mask) as Id, key: firstKey } : nextName(after);
  if (from.id <= arc.end) return [{ from, to: arc.end }];
  return [
    { from, to: ring.mask as Id },
    { from: { id: 0n as Id, key: firstKey }, to: arc.end },
  ];
}

/** The first name behind this one: no key lies between a key and the same with a zero byte at its end. */
function nextName({ id, key }: EntryName): EntryName {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return { id, key: next };
}
