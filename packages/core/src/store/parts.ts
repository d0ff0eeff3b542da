import type { Arc } from "../arc.js";
import { arcLength } from "../arc.js";
import type { Space } from "../identifier.js";
import { distance } from "../identifier.js";

/** What of one arc lies in another, and what does not: up to two arcs of each. */
export interface Parts {
  readonly inside: ReadonlyArray<Arc>;
  readonly outside: ReadonlyArray<Arc>;
}

/**
 * Cuts `whole` at the ends of `knife`.
 *
 * @example
 * const [ring, at] = [space(4), (point) => id(space(4), BigInt(point))]
 * const { inside, outside } = parts(ring, { start: at(14), end: at(6) }, { start: at(2), end: at(4) })
 * assert.deepStrictEqual(inside, [{ start: at(2), end: at(4) }])
 * assert.deepStrictEqual(outside, [{ start: at(14), end: at(2) }, { start: at(4), end: at(6) }])
 */
export function parts(space: Space, whole: Arc, knife: Arc): Parts {
  const length = arcLength(space, whole);
  const begin = distance(space, whole.start, knife.start);
  const end = begin + arcLength(space, knife);
  const inside: Arc[] = [];
  const outside: Arc[] = [];
  let at = 0n;
  const add = (to: bigint, into: Arc[]): void => {
    const until = to < length ? to : length;
    if (until > at) into.push({ start: point(space, whole, at), end: point(space, whole, until) });
    if (until > at) at = until;
  };
  // A knife that goes past the beginning of `whole` covers what lies there, too.
  add(end > space.size ? end - space.size : 0n, inside);
  add(begin, outside);
  add(end, inside);
  add(length, outside);
  return { inside, outside };
}

/** What of each lies in another. */
export function partsInside<A extends Arc>(space: Space, arcs: ReadonlyArray<A>, arc: Arc): ReadonlyArray<A> {
  return arcs.flatMap((each) => parts(space, each, arc).inside.map((part) => ({ ...each, ...part })));
}

/** What of each lies outside of another. */
export function partsOutside<A extends Arc>(
  space: Space,
  arcs: ReadonlyArray<A>,
  arc: Arc,
): ReadonlyArray<A> {
  return arcs.flatMap((each) => parts(space, each, arc).outside.map((rest) => ({ ...each, ...rest })));
}

/** What of an arc lies in none of the others. */
export function without(space: Space, arc: Arc, others: ReadonlyArray<Arc>): ReadonlyArray<Arc> {
  return others.reduce<ReadonlyArray<Arc>>(
    (left, other) => left.flatMap((part) => parts(space, part, other).outside),
    [arc],
  );
}

/** An arc in `count` pieces, of one length as far as can be; fewer where it has fewer points. */
export function split(space: Space, arc: Arc, count: number): ReadonlyArray<Arc> {
  const length = arcLength(space, arc);
  const step = (length + BigInt(count) - 1n) / BigInt(count);
  const pieces: Arc[] = [];
  for (let at = 0n; at < length; at += step) {
    const end = at + step < length ? at + step : length;
    pieces.push({ start: point(space, arc, at), end: point(space, arc, end) });
  }
  return pieces;
}

function point(space: Space, { start }: Arc, offset: bigint): Arc["end"] {
  return ((start + offset) & space.mask) as Arc["end"];
}
