import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** On how many processors the processes of a fleet run. */
export type Cpus = 1 | 2;

/** What to put before a command, so that it stays on so many processors: the last ones, where the least happens. */
export function pinned(cpus: Cpus): ReadonlyArray<string> {
  const last = availableParallelism() - 1;
  if (!canPin() || last === 0) return [];
  return ["taskset", "-c", cpus === 1 ? String(last) : `${last - 1},${last}`];
}

/** Whether there are processors to choose from, and a way to choose. */
export function canPin(): boolean {
  return spawnSync("taskset", ["-c", "0", "true"]).status === 0;
}
