import type { RingRow } from "./ideal.js";
import type { Asker } from "./load.js";
import type { Program } from "./node-process.js";
import type { Notebook } from "./notebook.js";
import type { Nursery } from "./nursery.js";
import type { Random } from "./random.js";

/** Other than what a scene is meant to show: for a smaller machine, or a longer night. */
export interface Wish {
  readonly ratePerSecond: number | null;
  readonly minutes: number | null;
  readonly values: number | null;
}

/** What every scene is given to play with. */
export interface Stage {
  readonly nursery: Nursery;
  readonly program: Program;
  readonly book: Notebook;
  readonly random: Random;
  readonly intervalMs: number;
  /** How hard and how long, for the scenes that have requests or last for a while; null: as each has it. */
  readonly wish: Wish;
  /** A client of one node. */
  readonly connect: (via: string) => Promise<Guest>;
}

/** One who asks a node from outside. */
export interface Guest extends Asker {
  /** Every node of the ring, each by its own word. Rejects where the ring does not close. */
  walk(timeoutMs: number): Promise<ReadonlyArray<RingRow>>;
}

/** One row of the table, or one part of a row. */
export interface Scene {
  readonly name: string;
  readonly must: string;
  readonly play: (stage: Stage) => Promise<void>;
}

/** How long an owner may claim after its heir answered: the default lease, 2.25 intervals. */
export function leaseMs(stage: Stage): number {
  return 2.25 * stage.intervalMs;
}

export function inIntervals(stage: Stage, ms: number): number {
  return ms / stage.intervalMs;
}
