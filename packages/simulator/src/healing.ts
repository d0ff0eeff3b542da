import type { Id } from "@chordnet/core";
import { claim, distance } from "@chordnet/core";
import { flaw } from "./ideal.js";
import type { RandomState, RandomStateOptions } from "./random-state.js";
import { randomState } from "./random-state.js";
import type { Simulation } from "./simulation.js";

/** What became of a ring that began in a random state. */
export interface Healing extends Omit<RandomState, "simulation"> {
  readonly seed: number;
  /** Until the ring was ideal; null: it did not become so. */
  readonly intervals: number | null;
  /** What is wrong in the end: it never became ideal, or did not stay so. */
  readonly flaw: string | null;
  /** How long, from the beginning, any two nodes claimed one key. */
  readonly overlapIntervals: number;
  readonly messages: number;
}

/** More than any state took, by far. */
const intervalsMax = 1000;

/** So long it has to be ideal to count as healed: leases that it began with may just be running out. */
const settledIntervals = 5;

/** So long it has to stay ideal after that. */
const stayIntervals = 40;

/** Runs a random state until the ring is ideal, and then on, to see that it stays so. */
export function healing(seed: number, options: RandomStateOptions): Healing {
  const { simulation, ...what } = randomState(seed, options);
  const { intervalMs } = simulation.config.ring;
  simulation.eventsMax = Number.POSITIVE_INFINITY;
  let overlapIntervals = 0;
  let since: number | null = null;
  const isLong = (intervals: number): boolean =>
    since !== null && simulation.now >= since + intervals * intervalMs;
  const watch = (): void => {
    if (flaw(simulation) !== null) since = null;
    else since ??= simulation.now;
    if (overlaps(simulation)) overlapIntervals = simulation.now / intervalMs;
    simulation.run(intervalMs / 2);
  };
  while (!isLong(settledIntervals) && simulation.now < intervalsMax * intervalMs) watch();
  const healedAt = since;
  while (since !== null && !isLong(settledIntervals + stayIntervals)) watch();
  const { messages } = simulation;
  const intervals = healedAt === null ? null : healedAt / intervalMs;
  return { ...what, seed, intervals, flaw: flaw(simulation), overlapIntervals, messages };
}

/** Whether any two nodes claim one key now. */
function overlaps(simulation: Simulation): boolean {
  const { space } = simulation.config;
  const claims = simulation.members().flatMap((node) => {
    const own = claim(node, simulation.clock(node.self.address));
    return own === null ? [] : [{ end: node.self.id, length: own.token.length }];
  });
  return claims.some(({ end, length }, i) => {
    const before = claims[(i + claims.length - 1) % claims.length] as { readonly end: Id };
    return claims.length > 1 && length > distance(space, before.end, end);
  });
}
