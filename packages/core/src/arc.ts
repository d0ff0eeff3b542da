import type { Id, Space } from "./identifier.js";
import { distance, inRange } from "./identifier.js";

/** The points `(start, end]`, clockwise; all of them where both are one. */
export interface Arc {
  readonly start: Id;
  readonly end: Id;
}

/** All points, from 0 on. */
export const wholeCircle: Arc = { start: 0n as Id, end: 0n as Id };

/** How many points an arc has. */
export function arcLength(space: Space, { start, end }: Arc): bigint {
  return start === end ? space.size : distance(space, start, end);
}

/** How arcs of one circle lie to each other. */
export interface Arcs {
  has(arc: Arc, point: Id): boolean;
  overlap(one: Arc, other: Arc): boolean;
  /** Whether all of `part` lies in `whole`. */
  covers(whole: Arc, part: Arc): boolean;
}

export function arcsOf(space: Space): Arcs {
  const length = (arc: Arc): bigint => arcLength(space, arc);
  const has = (arc: Arc, point: Id): boolean => inRange(space, point, arc.end, length(arc));
  return {
    has,
    overlap: (one, other) => has(one, other.end) || has(other, one.end),
    covers: (whole, part) => {
      const behind = (whole.end - part.end) & space.mask;
      return length(whole) === space.size || behind + length(part) <= length(whole);
    },
  };
}
