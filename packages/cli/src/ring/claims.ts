import type { Id } from "@chordnet/core";
import { distance, id, space } from "@chordnet/core";

/** What a node claimed at the moment it was asked: `(from, to]`, and under which epoch. */
export interface Claim {
  readonly from: string;
  readonly to: string;
  readonly epoch: number;
}

/** How that compares with the range from the node before it to itself. */
export type Extent = "all" | "part" | "more" | "nothing";

/** For each of the nodes of a ring, in ring order. Whatever is `part` or `nothing` leaves keys without an owner. */
export function extents(
  nodes: ReadonlyArray<{ readonly id: string; readonly claims: Claim | null }>,
  bits: number,
): Extent[] {
  const ring = space(bits);
  const point = (hex: string): Id => id(ring, BigInt(`0x${hex}`));
  /** From a point to itself is the whole ring. */
  const reach = (from: string, to: string): bigint => distance(ring, point(from), point(to)) || ring.size;
  return nodes.map(({ id: end, claims }, index) => {
    if (claims === null) return "nothing";
    const range = reach(nodes.at(index - 1)?.id ?? end, end);
    const claimed = reach(claims.from, end);
    return claimed === range ? "all" : claimed < range ? "part" : "more";
  });
}
