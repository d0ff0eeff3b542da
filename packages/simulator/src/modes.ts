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
