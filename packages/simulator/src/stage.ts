import type { Id } from "@chordnet/core";
import { Answers } from "./checks/answers.js";
import { within } from "./checks/certain.js";
import type { CheckName } from "./checks/witness.js";
import { Leavers } from "./leavers.js";
import type { Schedule } from "./schedule/scenario.js";
import { Simulation } from "./simulation/simulation.js";
import { Stores } from "./store/stores.js";
import { Values } from "./store/values.js";

/** How many intervals a lookup may take. */
export const lookupIntervals = 10;

/** What a schedule is played on: the ring, and those who judge what it answers and what it keeps. */
export interface Stage {
  readonly schedule: Schedule;
  readonly simulation: Simulation;
  readonly answers: Answers;
  readonly leavers: Leavers;
  /** Null: no values are kept. */
  readonly stores: Stores | null;
  readonly values: Values | null;
}

/** Nobody is there yet. */
export function stageFor(schedule: Schedule, checks: ReadonlyArray<CheckName>): Stage {
  const { minMembers } = schedule;
  const simulation = new Simulation(schedule.seed, schedule.ring, { minMembers }, within(schedule, checks));
  simulation.eventsMax = Number.POSITIVE_INFINITY;
  const answers = new Answers(simulation);
  const { store, seed, keys } = schedule;
  const points = Array.from({ length: keys }, (_, i) => pointOf(simulation, schedule, i));
  const stores = store === null ? null : new Stores(simulation, store, seed);
  const values = stores === null || store === null ? null : new Values(simulation, stores, store, points);
  const timeoutMs = lookupIntervals * simulation.config.ring.intervalMs;
  const leavers = new Leavers(simulation, stores, timeoutMs, () => values?.judgeLoss());
  simulation.whenSettled = (operation, settlement) => {
    answers.settle(operation, settlement);
    leavers.settle(operation);
  };
  return { schedule, simulation, answers, leavers, stores, values };
}

/** Where the key of that name lies: somewhere else in each run. */
export function pointOf({ config }: Simulation, { seed }: Schedule, key: number | string): Id {
  return config.naming(`key ${seed} ${key}`);
}
