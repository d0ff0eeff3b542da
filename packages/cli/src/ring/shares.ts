import type { Id } from "@chordnet/core";
import { distance, id, space } from "@chordnet/core";

/** A node's range `(predecessor, id]` in shares of the circle; a lone node has the whole of it. */
export interface Share {
  readonly start: number;
  readonly end: number;
  readonly share: number;
}

/** The ranges of nodes that are given in ring order, by their ids in hexadecimal. */
export function shares(ids: ReadonlyArray<string>, bits: number): Share[] {
  const ring = space(bits);
  const points: Id[] = ids.map((hex) => id(ring, BigInt(`0x${hex}`)));
  return points.map((end, index) => {
    const start = points.at(index - 1) ?? end;
    const length = start === end ? ring.size : distance(ring, start, end);
    return {
      start: fraction(start, ring.size),
      end: fraction(end, ring.size),
      share: fraction(length, ring.size),
    };
  });
}

/** Exact to a millionth: more than a terminal shows. */
function fraction(part: bigint, whole: bigint): number {
  return Number((part * 1_000_000n) / whole) / 1_000_000;
}
