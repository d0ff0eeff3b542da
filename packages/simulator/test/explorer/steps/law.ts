import type { Event, Message, NodeState } from "@chordnet/core";
import { nextDeadline, step } from "@chordnet/core";
import type { Machine } from "../../../src/explorer/index.js";
import { configurationNamed } from "../../../src/explorer/index.js";
import { startOf } from "../../../src/explorer/start.js";
import { addressOf, calendarMs } from "../../../src/explorer/world.js";

/** What holds in all cases of one kind that there are on 8 points, reachable or not. */
export interface Law {
  readonly name: string;
  /** The cases, one after the other: null, or in what words it is broken. */
  readonly judge: (machine: Machine) => Iterable<string | null>;
}

/** How many cases there were, up to the first that is broken. */
export function judged(
  { judge }: Law,
  machine: Machine,
): { readonly cases: number; readonly fault: string | null } {
  let cases = 0;
  for (const fault of judge(machine)) {
    cases++;
    if (fault !== null) return { cases, fault };
  }
  return { cases, fault: null };
}

/** The member at 0 of the quiet ring 0 3 5, and what time it is. */
export function memberAtZero(): { readonly node: NodeState; readonly now: number } {
  const { seats, now } = startOf(configurationNamed("crash"), { step, nextDeadline });
  const seat = seats[0];
  if (seat == null) throw new Error("nobody is at 0");
  return { node: seat.node, now };
}

/** The message comes from the node at that point, in its first life or another. */
export function heard(from: number, message: Message, at: number, incarnation = 1): Event {
  const origin = { from: addressOf(from), incarnation, client: false } as const;
  return { _tag: "Received", ...origin, message, at, wall: at + calendarMs };
}
