import type { Event, Id, Message } from "@chordnet/core";
import { isMember, stepProcess } from "@chordnet/core";
import { flaw, nodeUrl, Simulation } from "@chordnet/simulator";

export interface HalfSetting {
  readonly seed: number;
  readonly nodes: number;
  readonly successors: number;
  /** Asked at each time, of those that are left, each another one's turn. */
  readonly lookups: number;
}

export interface Batch {
  /** After the crash; null: before it. */
  readonly afterIntervals: number | null;
  readonly failedWithin1Percent: number;
  readonly failedWithin10Percent: number;
  readonly wrong: number;
  readonly hops: number;
  readonly timeouts: number;
}

export interface HalfFigures {
  readonly nodes: number;
  readonly successors: number;
  readonly batches: ReadonlyArray<Batch>;
  readonly isolated: number;
  readonly healedInIntervals: number | null;
  readonly traceHash: string;
}

const intervalMs = 1000;
const deadlineIntervals = 10;

/** Half of an ideal ring crashes at once. Keys are looked up before, at once, and some intervals later. */
export function half({ seed, nodes, successors, lookups }: HalfSetting): HalfFigures {
  const batches = [null, 0, 1, 3, 10].map((after) => batch(begun(seed, nodes, successors), after, lookups));
  const simulation = begun(seed, nodes, successors);
  crash(simulation);
  simulation.run(100);
  const isolated = simulation.members().filter(({ pointers }) => pointers.successors.length === 0).length;
  const crashedAt = simulation.now - 100;
  const healed = simulation.run(
    200 * intervalMs,
    every(simulation, intervalMs / 4, () => flaw(simulation) === null),
  );
  const healedInIntervals = healed ? (simulation.now - crashedAt) / intervalMs : null;
  return { nodes, successors, batches, isolated, healedInIntervals, traceHash: simulation.trace.digest() };
}

function begun(seed: number, nodes: number, successors: number): Simulation {
  const simulation = new Simulation(seed, { intervalMs, leaseMs: 2.25 * intervalMs, successors });
  simulation.eventsMax = Number.POSITIVE_INFINITY;
  simulation.faults = { latencyMs: [20, 80], loss: 0, duplication: 0 };
  simulation.found(new Map(Array.from({ length: nodes }, (_, i) => [nodeUrl(i), {}])));
  simulation.run(5 * intervalMs);
  return simulation;
}

function crash(simulation: Simulation): void {
  const urls = [...simulation.hosts.keys()];
  for (let i = 0; i < urls.length / 2; i++) {
    const chosen = i + simulation.dice.below(urls.length - i);
    [urls[i], urls[chosen]] = [urls[chosen] as string, urls[i] as string];
    simulation.kill(urls[i] as string);
  }
}

function batch(simulation: Simulation, afterIntervals: number | null, lookups: number): Batch {
  if (afterIntervals !== null) {
    crash(simulation);
    simulation.run(afterIntervals * intervalMs);
  }
  const askers = [...simulation.hosts.values()].filter(({ state }) => state.nodes.every(isMember));
  const asked = Array.from({ length: lookups }, (_, i) => simulation.config.naming(`key ${i}`));
  const timeouts = countUnsent(simulation, new Set(asked));
  const from = simulation.now;
  const operations = asked.map((key, i) => {
    const asker = askers[i % askers.length]?.state.url ?? nodeUrl(0);
    return simulation.lookup(asker, key, "recursive", deadlineIntervals * intervalMs);
  });
  simulation.run((deadlineIntervals + 1) * intervalMs);
  let [late, failed, wrong, hops] = [0, 0, 0, 0];
  operations.forEach((operation, i) => {
    const settlement = simulation.settled.get(operation);
    if (settlement?.result._tag !== "Owner") {
      failed++;
      return;
    }
    if (settlement.at > from + intervalMs) late++;
    hops += settlement.result.hops;
    const { claims } = simulation.witness;
    if (claims.since(settlement.result, asked[i] as Id, from, settlement.at) === null) wrong++;
  });
  return {
    afterIntervals,
    failedWithin1Percent: (100 * (late + failed)) / lookups,
    failedWithin10Percent: (100 * failed) / lookups,
    wrong,
    hops: hops / Math.max(1, lookups - failed),
    timeouts: timeouts() / lookups,
  };
}

/** How many messages of these lookups met a port that refused: what a timeout is where ports are silent. */
function countUnsent(simulation: Simulation, keys: ReadonlySet<bigint>): () => number {
  let unsent = 0;
  simulation.step = (state, node, event: Event) => {
    if (event._tag === "SendFailed" && concerns(event.message, keys)) unsent++;
    return stepProcess(state, node, event);
  };
  return () => unsent;
}

function concerns(message: Message, keys: ReadonlySet<bigint>): boolean {
  return (message._tag === "Find" || message._tag === "Route") && keys.has(message.target);
}

/** Looks only so often: what is looked at costs as much as there are nodes. */
function every(simulation: Simulation, ms: number, look: () => boolean): () => boolean {
  let next = simulation.now;
  return () => {
    if (simulation.now < next) return false;
    next = simulation.now + ms;
    return look();
  };
}
