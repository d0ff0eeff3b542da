import { bareStep } from "../bare.js";
import { median, ratio, rounds } from "../figures/rounds.js";
import { LookupTraffic } from "../traffic.js";

/** One row of the table. */
export interface StepFigure {
  readonly what: string;
  readonly eventsPerS: number;
  /** To the first row, round by round. */
  readonly ratio: number;
  readonly eventsPerLookup: number;
}

export interface StepSetting {
  readonly nodes: number;
  /** Events of each contender in each round. */
  readonly events: number;
  readonly rounds: number;
}

/** The state machine alone: lookups of one node in a ring, without clock, codec or socket. */
export function stepBench({ nodes, events, rounds: count }: StepSetting): StepFigure[] {
  const traffic: Readonly<Record<string, LookupTraffic>> = {
    "straight to the owner, 1,000 in flight": new LookupTraffic({ nodes, inFlight: 1000 }),
    "straight to the owner, 1 in flight": new LookupTraffic({ nodes, inFlight: 1 }),
    "straight to the owner, 10,000 in flight": new LookupTraffic({ nodes, inFlight: 10_000 }),
    "by fingers, 1,000 in flight": new LookupTraffic({ nodes, inFlight: 1000, routesMax: 1 }),
    "by fingers, 10,000 in flight": new LookupTraffic({ nodes, inFlight: 10_000, routesMax: 1 }),
    "the same letters without a node, 1,000 in flight": new LookupTraffic({
      nodes,
      inFlight: 1000,
      stepped: bareStep,
    }),
  };
  const contenders = Object.fromEntries(
    Object.entries(traffic).map(([what, each]) => [what, (): number => each.run(events)]),
  );
  const speeds = rounds(contenders, count);
  const [first] = Object.values(speeds);
  if (first === undefined) throw new Error("nothing was measured");
  return Object.entries(speeds).map(([what, each]) => ({
    what,
    eventsPerS: median(each),
    ratio: ratio(each, first),
    eventsPerLookup: eventsPerLookup(traffic[what]),
  }));
}

function eventsPerLookup(traffic: LookupTraffic | undefined): number {
  if (traffic === undefined) throw new Error("nothing was measured");
  return traffic.events / traffic.answered;
}
