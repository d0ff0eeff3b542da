import type { StoreState } from "@chordnet/core";
import type { Broken } from "../checks/violation.js";

/** Arcs of one virtual node, of each kind: as many neighbours as may come and go before what they had is here. */
const arcsMax = 64;

/** What was handed over and cut since: twice what is kept of it. */
const handedMax = 512;
const tenanciesMax = 1_024;

/** Processes that one pull may have to ask: those near, those remembered, and those that one of them awaits. */
const sourcesMax = 512;

/** All that a store keeps has a bound. The first that is past its own; null: none. */
export function storeBoundFlaw(state: StoreState, virtualNodes: number): Broken | null {
  const { settings, operations, queues, pulls } = state;
  const past = (what: string): Broken => ({ _tag: "Unbounded", node: settings.self, what });
  if (state.seats.length > virtualNodes) return past("seats");
  if (state.pieces.length > virtualNodes * arcsMax) return past("pieces");
  if (pulls.length > virtualNodes * arcsMax) return past("pulls");
  if (pulls.some(({ sources }) => sources.length > sourcesMax)) return past("sources");
  if (state.handed.length > handedMax) return past("handed");
  if (state.tenancies.length > tenanciesMax) return past("tenancies");
  if (state.repairs.length > virtualNodes * (settings.copies - 1)) return past("repairs");
  if (state.strays.left.length > tenanciesMax + virtualNodes * arcsMax) return past("strays");
  if (queues.size > operations.size) return past("queues");
  return null;
}

/** What a store has under way that is to be over long after the last command; null: nothing. */
export function underWay(
  { operations, queues, pulls, tasks, syncs }: StoreState,
  served: number,
): string | null {
  if (operations.size > 0) return "operations";
  if (queues.size > 0) return "queues";
  if (pulls.length > 0) return "pulls";
  // An owner compares now and then.
  if (syncs.size > 8) return "syncs";
  if (tasks.size > 32) return "tasks";
  return served > 32 ? "calls that are served" : null;
}
