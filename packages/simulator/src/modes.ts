import type { ScheduleOptions } from "./schedule.js";

/** The kinds of trouble that random schedules bring, from a seed: rings of several sizes with lists of several lengths. */

const network = { latencyMs: [1, 30], loss: 0, duplication: 0.05 } as const;

/** Joins, leaves, crashes, restarts; messages come late, twice and in any order, but they come. */
export function mild(seed: number): ScheduleOptions {
  const successors = [2, 3, 4, 8][seed % 4] as number;
  return { nodes: 2 + (seed % 9), successors, minutes: 0.5, faults: network, drift: 0.01 };
}

/** One message in twenty is lost. */
export function lossy(seed: number): ScheduleOptions {
  return { ...mild(seed), faults: { ...network, loss: 0.05 } };
}

/** One process at a time is stopped, for up to ten seconds. */
export function stopped(seed: number): ScheduleOptions {
  return { ...mild(seed), nodes: 6 + (seed % 6), nodesMin: 6, pauseMsMax: 10_000, pausedMax: 1 };
}

/** Three virtual nodes a process. */
export function virtual(seed: number): ScheduleOptions {
  return { ...mild(seed), nodes: 1 + (seed % 5), virtualNodes: 3 };
}
