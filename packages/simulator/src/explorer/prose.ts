import { type Effect, isLeft, type Message, type NodeState, type Peer, type Token } from "@chordnet/core";
import type { Action } from "./actions.js";
import { actionsOf } from "./actions.js";
import { digest } from "./canonical.js";
import type { Configuration } from "./configuration.js";
import { marked } from "./laws.js";
import { act } from "./perform.js";
import { isQuiet } from "./time.js";
import type { Happened, Machine, World } from "./world.js";
import { pointOf, points, present } from "./world.js";
import { isIdeal } from "./zave.js";

/** What an event did, in a few words each, to be counted. */
export function labelsOf({ effects }: Happened): string[] {
  const labels: string[] = [];
  for (const effect of effects) {
    if (effect._tag === "Announced") labels.push(announced(effect.change));
    else if (effect._tag === "Settled") {
      const { result } = effect;
      labels.push(isLeft(result) ? `fails: ${result.left._tag}` : `done: ${result.right._tag}`);
    } else if (effect._tag === "Send") {
      const { message } = effect;
      if (message._tag === "Answer") labels.push(`says ${message.verdict._tag}`);
      else if (message._tag === "Refused") labels.push(`refuses: ${message.code}`);
      else if (message._tag === "Left") labels.push(message.accepted ? "says Left" : "says not Left");
    }
  }
  return labels;
}

function announced(change: Extract<Effect, { readonly _tag: "Announced" }>["change"]): string {
  return "reason" in change ? `${change._tag}: ${change.reason}` : change._tag;
}

/** A trace as a person reads it: when, what happened to whom, what it did then, and how it stands. */
export function lines(
  start: World,
  ways: ReadonlyArray<number>,
  configuration: Configuration,
  machine: Machine,
): string[] {
  const told = [`the ring: ${standing(start)}`];
  let world = start;
  for (const way of ways) {
    const action = actionsOf(world, configuration, machine)[way];
    if (action === undefined) throw new Error("a trace can't be played again");
    const what = describe(action, world, configuration.silentDeaths);
    const here = digest(world, configuration.scale);
    let happened: Happened;
    try {
      happened = act(world, here, action, configuration, machine);
    } catch (error) {
      told.push(`${clock(world, start)} ${what}: ${String(error)}`);
      return told;
    }
    world = marked(happened.world, happened.point, configuration);
    const done = happened.effects.map(effectText).filter((text) => text !== "");
    told.push(`${clock(world, start)} ${what}${done.length === 0 ? "" : ` → ${done.join("; ")}`}`);
  }
  told.push(`then: ${standing(world)}${isIdeal(world, configuration) ? " (ideal)" : ""}`);
  return told;
}

/** The world that a trace leads to. */
export function follow(
  start: World,
  ways: ReadonlyArray<number>,
  configuration: Configuration,
  machine: Machine,
): World {
  let world = start;
  for (const way of ways) {
    const action = actionsOf(world, configuration, machine)[way] as Action;
    const happened = act(world, digest(world, configuration.scale), action, configuration, machine);
    world = marked(happened.world, happened.point, configuration);
  }
  return world;
}

function clock(world: World, start: World): string {
  return `${String(world.now - start.now).padStart(6)} ms`;
}

function describe(action: Action, world: World, silent: boolean): string {
  switch (action._tag) {
    case "Deliver":
    case "Lose": {
      const mail = world.mail[action.mail];
      if (mail === undefined) return "";
      const { from, to, message } = mail;
      const nobody = world.seats[pointOf(to)] === null;
      const lost = action._tag === "Lose" || (nobody && silent);
      const verb = lost ? "is lost" : nobody ? "is refused" : "arrives";
      return `${pointOf(from)}→${pointOf(to)} ${messageText(message)} ${verb}`;
    }
    case "Pass":
      return !isQuiet(world) ? "time passes, with messages under way" : "time passes";
    case "Join":
      return `${action.point} joins through ${action.seed}`;
    case "LookUp":
      return `${action.point} looks up ${action.key}`;
    default:
      return `${action.point}: ${action._tag.toLowerCase()}`;
  }
}

function effectText(effect: Effect): string {
  switch (effect._tag) {
    case "Send":
      return `to ${pointOf(effect.to)} ${messageText(effect.message)}`;
    case "Announced":
      return "";
    case "Settled":
      return isLeft(effect.result)
        ? `fails: ${effect.result.left._tag}`
        : `done: ${effect.result.right._tag}`;
    case "Dropped":
      return `drops ${effect.message}: ${effect.reason}`;
    default:
      return effect._tag;
  }
}

function messageText(message: Message): string {
  switch (message._tag) {
    case "Ask":
      return `Ask ${tokenText(message.token)}`;
    case "Answer": {
      const { verdict, predecessor, successors } = message;
      const what =
        verdict._tag === "Granted"
          ? `Granted ${verdict.leaseMs} ms`
          : verdict._tag === "Handed"
            ? `Handed ${tokenText(verdict.token)}`
            : verdict._tag;
      return `${what} (${peerText(predecessor)} | ${successors.map(peerText).join(" ")})`;
    }
    case "Leave":
      return `Leave ${tokenText(message.token)}`;
    case "Left":
      return message.accepted ? "Left" : "not Left";
    case "Refused":
      return `Refused ${message.code}`;
    case "Found":
      return `Found ${tokenText(message.token)}`;
    default:
      return message._tag;
  }
}

/** How all stand: identifier, predecessor | successors, what is held and what of it is claimed. */
function standing(world: World): string {
  return present(world)
    .map((node) => {
      const { predecessor, successors } = node.pointers;
      return `${node.self.id}[${peerText(predecessor)} | ${successors.map(peerText).join(" ")}] ${holding(node, world)}`;
    })
    .join(", ");
}

function holding({ phase, ownership }: NodeState, world: World): string {
  if (phase._tag !== "Member") return phase._tag;
  const claims = ownership.leaseUntil > world.now && !ownership.handingOver;
  return `holds ${tokenText(ownership.token)}${claims ? " leased" : ""}`;
}

function tokenText(token: Token | null): string {
  return token === null ? "nothing" : `${token.length}/${points} e${token.epoch}`;
}

function peerText(peer: Peer | null): string {
  return peer === null ? "-" : `${peer.id}${"'".repeat(Math.max(0, peer.incarnation - 1))}`;
}
