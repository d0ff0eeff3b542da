import type { NodeState } from "@chordnet/core";
import type { Configuration } from "./configuration.js";
import type { Machine, World } from "./world.js";
import { pointOf, present, spend } from "./world.js";

/** When something is due, when what is under way arrives, and when the clock goes on. */

/** Whether the node that stands there has something to do. Who is stopped has not. */
export function isDue(world: World, node: NodeState, machine: Machine): boolean {
  if (world.stopped?.point === Number(node.self.id)) return false;
  const due = machine.nextDeadline(node);
  return due !== null && due <= world.now;
}

/** Nothing is under way. */
export function isQuiet({ mail, later }: World): boolean {
  return mail.length === 0 && later.length === 0;
}

/**
 * All that was under way has arrived, and all that is due is done: now what was sent meanwhile arrives, node by node.
 */
export function nextRound(world: World, machine: Machine): World {
  if (world.mail.length > 0 || world.later.length === 0) return world;
  if (present(world).some((node) => isDue(world, node, machine))) return world;
  const mail = world.later.slice().sort((a, b) => pointOf(a.to) - pointOf(b.to));
  return { ...world, mail, later: [] };
}

/** While more may happen the clock goes on by a quantum, else at once to when something is due. */
export function pass(world: World, configuration: Configuration, machine: Machine): World {
  const { quantumMs } = configuration.scale;
  const { budget } = world;
  if (!isQuiet(world)) {
    return spend({ ...world, now: world.now + quantumMs }, { lates: budget.lates - 1 });
  }
  if (world.stopped !== null || Object.values(budget).some((left) => left > 0))
    return { ...world, now: world.now + quantumMs };
  let due = Number.POSITIVE_INFINITY;
  for (const seat of world.seats) {
    const next = seat === null ? null : machine.nextDeadline(seat.node);
    if (next !== null) due = Math.min(due, next);
  }
  if (due === Number.POSITIVE_INFINITY) return world;
  return { ...world, now: Math.ceil(due / quantumMs) * quantumMs };
}
