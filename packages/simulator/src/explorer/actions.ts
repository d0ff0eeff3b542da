import type { NodeState } from "@chordnet/core";
import { isMember } from "@chordnet/core";
import type { Configuration } from "./configuration.js";
import { isDue, isQuiet } from "./time.js";
import type { Machine, World } from "./world.js";
import { points } from "./world.js";

/** One thing that may happen next. */
export type Action =
  /** A message reaches its node, or is refused because nobody is there any more. */
  | { readonly _tag: "Deliver"; readonly mail: number }
  | { readonly _tag: "Lose"; readonly mail: number }
  /** A node's deadline has come. */
  | { readonly _tag: "Tick"; readonly point: number }
  /** Nothing is left to do at this instant. */
  | { readonly _tag: "Pass" }
  | { readonly _tag: "Join"; readonly point: number; readonly seed: number }
  | { readonly _tag: "Leave"; readonly point: number }
  /** Who has left closes its port. */
  | { readonly _tag: "Close"; readonly point: number }
  | { readonly _tag: "Crash"; readonly point: number }
  /** A node is stopped, as by SIGSTOP, and goes on. */
  | { readonly _tag: "Stop"; readonly point: number }
  | { readonly _tag: "Wake"; readonly point: number }
  | { readonly _tag: "LookUp"; readonly point: number; readonly key: number };

/** Whether an action takes something from the budget: what is left without it must come to a good end. */
export function isTrouble(action: Action, world: World): boolean {
  switch (action._tag) {
    case "Deliver":
    case "Tick":
    case "Close":
      return false;
    case "Pass":
      return !isQuiet(world);
    default:
      return true;
  }
}

/** All that may happen next. What has to happen comes first, the oldest message before all. */
export function actionsOf(world: World, configuration: Configuration, machine: Machine): Action[] {
  const found: Action[] = [];
  const receiver = configuration.order === "rounds" ? (world.mail[0]?.to ?? null) : null;
  for (let i = 0; i < world.mail.length; i++) {
    if (receiver === null || world.mail[i]?.to === receiver) found.push({ _tag: "Deliver", mail: i });
  }
  let due = false;
  for (let point = 0; point < points; point++) {
    const node = world.seats[point]?.node;
    if (node === undefined) continue;
    if (isDue(world, node, machine)) {
      if (receiver === null && (!due || configuration.order === "any")) found.push({ _tag: "Tick", point });
      due = true;
    }
    if (node.phase._tag === "Gone") found.push({ _tag: "Close", point });
  }
  if (!due && (isQuiet(world) || world.budget.lates > 0)) found.push({ _tag: "Pass" });
  addTroubles(found, world, configuration);
  return found;
}

function addTroubles(found: Action[], world: World, configuration: Configuration): void {
  const { budget, seats, mail, stopped } = world;
  if (stopped !== null && isQuiet(world)) found.push({ _tag: "Wake", point: stopped.point });
  if (budget.losses > 0) for (let i = 0; i < mail.length; i++) found.push({ _tag: "Lose", mail: i });
  for (let point = 0; point < points; point++) {
    const node = seats[point]?.node;
    if (node !== undefined) addTroublesOf(node, point, found, world, configuration);
    else if (budget.joins > 0 && configuration.newcomers.includes(point)) addJoins(found, world, point);
  }
}

/** Whoever is stopped is spared: one thing after another befalls a node. */
function addTroublesOf(
  node: NodeState,
  point: number,
  found: Action[],
  world: World,
  configuration: Configuration,
): void {
  const { budget, stopped } = world;
  if (stopped?.point === point) return;
  if (budget.crashes > 0 && configuration.mayCrash(world, point)) found.push({ _tag: "Crash", point });
  if (node.phase._tag !== "Member") return;
  if (budget.stops > 0 && stopped === null) found.push({ _tag: "Stop", point });
  if (budget.leaves > 0 && others(world, point).some(isMember)) found.push({ _tag: "Leave", point });
  if (budget.lookups > 0) for (const key of configuration.keys) found.push({ _tag: "LookUp", point, key });
}

/** Through any member. */
function addJoins(found: Action[], world: World, point: number): void {
  for (const node of others(world, point)) {
    if (isMember(node)) found.push({ _tag: "Join", point, seed: Number(node.self.id) });
  }
}

function others(world: World, point: number): NodeState[] {
  return world.seats.flatMap((seat, i) => (seat === null || i === point ? [] : [seat.node]));
}
