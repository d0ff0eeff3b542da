import { defaultRing } from "@chordnet/core";
import type { Schedule } from "../schedule/scenario.js";
import type { CheckName } from "./witness.js";

/** Where somebody alive may be believed dead, rings may split for a while: what "ring" checks is not promised then. */
export function within(schedule: Schedule, checks: ReadonlyArray<CheckName>): ReadonlyArray<CheckName> {
  return isCertain(schedule) ? checks : checks.filter((check) => check !== "ring");
}

/**
 * Whether nobody alive can be believed dead: every message comes, and soon, to processes that answer; and not as many
 * as a list is long crash at once.
 */
function isCertain({ faults, ring, acts }: Schedule): boolean {
  const { successors = defaultRing.successors } = ring;
  const crashes = acts.filter(({ _tag }) => _tag === "Crash").map(({ at }) => at);
  if (crashes.some((at, i) => crashes[i + successors - 1] === at)) return false;
  const doubtful = ["Pause", "Sleep", "Jump", "Slow", "Cut", "Flap"];
  const soonMs = (ring.intervalMs ?? defaultRing.intervalMs) / 8;
  const calm = faults.loss === 0 && faults.latencyMs[1] <= soonMs;
  return calm && !acts.some((act) => doubtful.includes(act._tag));
}
