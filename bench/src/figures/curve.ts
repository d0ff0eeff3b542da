import type { Figure, Unit } from "./figure.js";

/** A figure that was measured in several rings, and what is said to come of it in each. */
export interface Law<A> {
  readonly what: string;
  readonly unit: Unit;
  readonly of: (measured: A) => number;
  /** Who says so, or what. */
  readonly law: string;
  readonly predicted: (measured: A) => number;
}

/** A point for each ring, `at` its place along the curve, beside what the law says of that ring. */
export function curve<A>(
  { what, unit, of, law, predicted }: Law<A>,
  rings: ReadonlyArray<A>,
  at: (measured: A) => Pick<Figure, "nodes" | "joinsPerS">,
): Figure[] {
  return rings.map((ring) => {
    const [value, expected] = [of(ring), predicted(ring)];
    const beside = { what: law, value: expected };
    const ratio = expected === 0 ? null : value / expected;
    return { what, ...at(ring), value, unit, beside, ratio, aim: null };
  });
}
