import type { Address, Id } from "@chordnet/core";
import { claim, distance } from "@chordnet/core";
import { flaw } from "../checks/ideal.js";
import type { Simulation } from "../simulation/simulation.js";
import type { RandomState, RandomStateOptions } from "./random-state.js";
import { randomState } from "./random-state.js";

/**
 * What makes healing harder while it begins: lost messages, nodes that come and crash, links that let nothing through
 * one way.
 */
export type Trouble = "none" | "loss" | "churn" | "links";

export const troubles: ReadonlyArray<Trouble> = ["none", "loss", "churn", "links"];

/** What became of a ring that began in a random state. */
export interface Healing extends Omit<RandomState, "simulation"> {
  readonly seed: number;
  readonly trouble: Trouble;
  /** From the end of the trouble until the ring was ideal; null: it did not become so. */
  readonly intervals: number | null;
  /** What is wrong in the end: it never became ideal, or did not stay so. Null: nothing. */
  readonly flaw: string | null;
  /** How long, from the beginning, any two nodes claimed one key. */
  readonly overlapIntervals: number;
}

/** More than any state took, by far. */
const intervalsMax = 1000;

/** How long the trouble lasts. */
const troubleIntervals = 20;

/** How long it has to be ideal to count as healed: leases that it began with may just be running out. */
const settledIntervals = 5;

/** How long it has to stay ideal after that. */
const stayIntervals = 40;

/**
 * Runs a random state until the ring is ideal, and then on, to see that it stays so.
 *
 * @example
 * const { intervals, flaw: wrong } = healing(1, { nodes: 4, trouble: "loss" })
 * assert.ok(intervals < 100)
 * assert.strictEqual(wrong, null)
 */
export function healing(seed: number, options: RandomStateOptions & { readonly trouble?: Trouble }): Healing {
  const { simulation, ...what } = randomState(seed, options);
  const { trouble = "none" } = options;
  const { intervalMs } = simulation.config.ring;
  simulation.eventsMax = Number.POSITIVE_INFINITY;
  simulation.trace.detail = "none";
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
  disturb(simulation, trouble);
  const from = simulation.now;
  while (!isLong(settledIntervals) && simulation.now < from + intervalsMax * intervalMs) watch();
  const healedAt = since;
  while (since !== null && !isLong(settledIntervals + stayIntervals)) watch();
  const intervals = healedAt === null ? null : (healedAt - from) / intervalMs;
  return { ...what, seed, trouble, intervals, flaw: flaw(simulation), overlapIntervals };
}

/** Only newcomers crash: who was there may be the only link between two parts. */
function disturb(simulation: Simulation, trouble: Trouble): void {
  const { dice, config, faults } = simulation;
  const { intervalMs } = config.ring;
  const names = [...simulation.hosts.keys()];
  if (trouble === "loss") simulation.faults = { ...faults, loss: 0.05 };
  for (let i = 0; i < troubleIntervals && trouble !== "none"; i++) {
    if (trouble === "links") {
      const inside = names.filter(() => dice.draw() < 0.3);
      const until = simulation.now + dice.between(1, 6) * intervalMs;
      simulation.links.cut(inside, dice.draw() < 0.5 ? "in" : "out", until);
    } else if (trouble === "churn") {
      const url = `memory://new${i}`;
      simulation.start(url);
      simulation.join(url, [names[dice.below(names.length)] as Address]);
      if (dice.draw() < 0.7)
        simulation.schedule(dice.between(0, 15) * intervalMs, () => simulation.kill(url));
    }
    simulation.run(intervalMs);
  }
  simulation.links.mend();
  simulation.faults = faults;
  // Those that are to crash have done so by then.
  if (trouble === "churn") simulation.run(15 * intervalMs);
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
