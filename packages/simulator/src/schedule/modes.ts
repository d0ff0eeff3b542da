import type { Faults } from "../simulation/network.js";
import type { Rates, Scenario } from "./scenario.js";
import { scenario } from "./scenario.js";

/** The kinds of trouble that random schedules of small rings bring, from a seed: lists of several lengths too. */

const network = { latencyMs: [1, 30], duplication: 0.05 } as const;

const churn: Partial<Rates> = { joins: 15, leaves: 9, crashes: 6, restarts: 6, lookups: 180 };

/** Joins, leaves, crashes, restarts; messages come late, twice and in any order, but they come. */
export function mild(seed: number): Scenario {
  const successors = [2, 3, 4, 8][seed % 4] as number;
  return scenario({
    seed,
    nodes: 2 + (seed % 9),
    minutes: 0.5,
    ring: { successors },
    faults: network,
    drift: 0.01,
    perMinute: churn,
  });
}

/** One message in twenty is lost. */
export function lossy(seed: number): Scenario {
  return { ...mild(seed), faults: { ...network, loss: 0.05 } };
}

/** One process at a time is stopped, for up to ten seconds. */
export function stopped(seed: number): Scenario {
  const basis = mild(seed);
  return { ...basis, nodes: 6 + (seed % 6), membersMin: 6, perMinute: { ...basis.perMinute, pauses: 9 } };
}

/** Three virtual nodes a process. */
export function virtual(seed: number): Scenario {
  return { ...mild(seed), nodes: 1 + (seed % 5), virtualNodes: 3 };
}

/**
 * Small rings whose half crashes every few seconds, while newcomers come by the dozen: more neighbours die within a
 * lease than any list is long.
 */
export function disasters(seed: number): Scenario {
  return scenario({
    seed,
    nodes: 8,
    minutes: 0.5,
    ring: { successors: [2, 3, 4, 8][seed % 4] as number },
    perMinute: { joins: 200, crashes: 150, disasters: 20, lookups: 60 },
  });
}

const latencies: ReadonlyArray<Partial<Faults>> = [
  { latencyMs: [1, 5] },
  { latencyMs: [1, 30] },
  { latencyMs: [20, 60] },
  { latencyMs: [2, 60], tail: 1.5 },
  { latencyMs: [1, 30], reordering: 0 },
  { latencyMs: [1, 30], reordering: 0.2 },
];

/**
 * What ownership is promised under, at length: 24 processes at first, lists of several lengths; joins, storms of joins,
 * leaves, crashes that refuse, restarts in place; latencies of several kinds, below the timeouts; duplicates.
 */
export function promised(seed: number, minutes = 10): Scenario {
  const successors = [2, 3, 4, 8][seed % 4] as number;
  return scenario({
    seed,
    nodes: 24,
    minutes,
    ring: { successors },
    faults: { duplication: seed % 3 === 0 ? 0.05 : 0, ...latencies[seed % latencies.length] },
    drift: 0.01,
    membersMin: 8,
    perMinute: { joins: 3, storms: 0.1, leaves: 2, crashes: 1.5, restarts: 1, lookups: 20 },
  });
}

/**
 * What ownership aims at: as `promised`, and messages are lost, and processes stopped for up to 30 seconds, or slow.
 */
export function hard(seed: number, minutes = 10): Scenario {
  const basis = promised(seed, minutes);
  return {
    ...basis,
    faults: { ...basis.faults, loss: 0.05 },
    perMinute: { ...basis.perMinute, pauses: 2, slowdowns: 1 },
    sizes: { ...basis.sizes, pauseMs: 30_000, pausedMax: 2 },
  };
}

/** Small rings, few keys that are looked up all the time, and the troubles of `hard`: for what users feel. */
export function fenced(seed: number, minutes = 1): Scenario {
  const { nodes: _, ...basis } = hard(seed, minutes);
  const perMinute = { ...churn, pauses: 6, slowdowns: 3, lookups: 240 };
  return scenario({ ...basis, nodes: 6 + (seed % 4), membersMin: 6, keys: 4, perMinute });
}

/**
 * Rings of two to five of which none is spared. With an odd seed all whom a process knew may have died, and others
 * come, while it was stopped for longer than any wait; with an even one nobody is stopped.
 */
export function tiny(seed: number, minutes = 0.25): Scenario {
  return scenario({
    seed,
    nodes: 2 + (seed % 4),
    minutes,
    membersMin: 0,
    ring: { successors: [2, 3, 4, 8][seed % 4] as number },
    faults: network,
    drift: 0.01,
    perMinute: { joins: 30, leaves: 9, crashes: 20, restarts: 9, pauses: (seed % 2) * 20, lookups: 60 },
  });
}

/**
 * Three to seven of which one restarts every second; messages are lost, in every third schedule 15 % of them, and in
 * every second one processes are stopped for up to 20 seconds. Neighbours are forgotten and come back all the time.
 */
export function restless(seed: number): Scenario {
  const kind = seed % 6;
  const [pauses, slowdowns] = [kind % 2 === 1 ? 30 : 0, kind === 4 ? 10 : 0];
  return scenario({
    seed,
    nodes: 3 + (seed % 5),
    minutes: 0.3,
    membersMin: 2 + (seed % 2),
    ring: { successors: [2, 3, 4][seed % 3] as number },
    faults: {
      ...{ latencyMs: kind === 5 ? [1, 120] : [1, 60], loss: [0, 0.05, 0.15][seed % 3] as number },
      ...{ duplication: 0.05, reordering: 0.2 },
    },
    drift: 0.01,
    perMinute: { joins: 20, leaves: 4, crashes: 12, restarts: 60, pauses, slowdowns, lookups: 60 },
    sizes: { pauseMs: 20_000, pausedMax: 2 },
  });
}

/**
 * Machines that sleep, several at once and for up to 20 seconds, or only for one or two: their monotonic clocks stand
 * still. In every second schedule processes are stopped besides; with every third seed three virtual nodes a process.
 */
export function sleepy(seed: number): Scenario {
  return scenario({
    seed,
    nodes: 3 + (seed % 8),
    minutes: 0.5,
    membersMin: 2,
    ring: { successors: [2, 3, 4][seed % 3] as number },
    faults: { ...network, loss: [0, 0.05][seed % 2] as number },
    drift: 0.01,
    virtualNodes: seed % 3 === 2 ? 3 : 1,
    perMinute: {
      joins: 15,
      leaves: 6,
      crashes: 9,
      restarts: 9,
      sleeps: 30,
      pauses: (seed % 2) * 10,
      lookups: 180,
    },
    sizes: { pauseMs: seed % 5 === 0 ? 2_000 : 20_000, pausedMax: 3 },
  });
}

/**
 * Rings of which each node is told how many processes it has to see. In every second schedule some are cut off from the
 * others again and again, and in the others machines sleep and processes are stopped; one message in twenty is lost in
 * a third of them.
 */
export function quorum(seed: number): Scenario {
  const minMembers = 2 + (seed % 3);
  const isCut = seed % 2 === 1;
  return scenario({
    seed,
    nodes: minMembers + 1 + (seed % 5),
    minutes: 0.5,
    membersMin: minMembers,
    minMembers,
    ring: { successors: [4, 8][seed % 2] as number },
    faults: { ...network, loss: seed % 3 === 0 ? 0.05 : 0 },
    drift: 0.01,
    virtualNodes: seed % 4 === 0 ? 3 : 1,
    perMinute: {
      ...{ joins: 15, leaves: 6, crashes: 9, restarts: 9, lookups: 120 },
      ...(isCut ? { cuts: 4 } : { sleeps: 20, pauses: 10 }),
    },
    sizes: { pauseMs: seed % 5 === 0 ? 2_000 : 20_000, pausedMax: 3, cutMs: 10_000 },
  });
}

/**
 * What is promised of values: small rings with few keys that change all the time, and processes that join, leave,
 * crash and restart, one lost after another, with time for a repair between; and owners that crash in the moment in
 * which they acknowledge. With one copy they only leave, and do so before they have all that they took over.
 */
export function values(seed: number, minutes = 1): Scenario {
  const copies = [1, 2, 3, 3, 3, 5][seed % 6] as number;
  const lossy = seed % 4 === 3;
  const losses =
    copies > 1 ? { joins: 6, leaves: 4, crashes: 4, restarts: 4, strikes: 4 } : { joins: 20, leaves: 20 };
  const lossGapMs = copies === 1 ? 500 : lossy ? 20_000 : 10_000;
  return scenario({
    seed,
    nodes: 2 + (seed % 9),
    minutes,
    membersMin: seed % 8 === 4 ? 2 : 3,
    ring: { successors: [4, 8][seed % 2] as number },
    faults: { ...network, ...latencies[seed % latencies.length] },
    drift: 0.01,
    keys: 12,
    virtualNodes: seed % 5 === 0 ? 3 : 1,
    perMinute: { ...losses, puts: 240, gets: 240, deletes: 30 },
    sizes: { lossGapMs },
    store: {
      ...{ copies, tombstoneMs: 3_600_000, diskMs: [0.1, 10], spaced: true },
      callLoss: lossy ? 0.1 : 0,
      writeLoss: seed % 5 === 2 ? 0.05 : 0,
    },
  });
}
