import { distance, id, space } from "@chordnet/core";

/** A node's range `(predecessor, id]` in shares of the circle; a lone node has the whole of it. */
export interface Share {
  readonly start: number;
  readonly end: number;
  readonly share: number;
}

/** The ranges of nodes that are given in ring order, by their ids in hexadecimal. */
export function shares(ids: ReadonlyArray<string>, bits: number): Share[] {
  return ids.map((end, index) => shareOf(ids.at(index - 1) ?? end, end, bits));
}

/** The range `(from, to]`, its ends in hexadecimal: from a point to itself is the whole circle. */
export function shareOf(from: string, to: string, bits: number): Share {
  const ring = space(bits);
  const [start, end] = [id(ring, BigInt(`0x${from}`)), id(ring, BigInt(`0x${to}`))];
  const length = start === end ? ring.size : distance(ring, start, end);
  return {
    start: fraction(start, ring.size),
    end: fraction(end, ring.size),
    share: fraction(length, ring.size),
  };
}

/** Exact to a millionth: more than a terminal shows. */
function fraction(part: bigint, whole: bigint): number {
  return Number((part * 1_000_000n) / whole) / 1_000_000;
}
