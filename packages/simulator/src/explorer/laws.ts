import type { Config, Effect, NodeState, Peer } from "@chordnet/core";
import { claim, inRange, isLeft, isMember } from "@chordnet/core";
import type { Configuration } from "./configuration.js";
import type { Happened, Mark, World } from "./world.js";
import { lifeBit, pointOf, points, present, replaced } from "./world.js";

/** What must hold after every event. Null: it does; else what is wrong. */
export interface Law {
  readonly name: string;
  readonly broken: (happened: Happened, configuration: Configuration) => string | null;
}

/** No two nodes claim a key at one instant. */
export const disjoint: Law = {
  name: "disjoint ownership",
  broken: ({ world, point }, { config }) => {
    const changed = point === null ? undefined : world.seats[point]?.node;
    const own = changed === undefined ? null : claim(changed, world.now);
    if (changed === undefined || own === null) return null;
    for (const other of present(world)) {
      if (other === changed) continue;
      const theirs = claim(other, world.now);
      if (theirs === null) continue;
      if (
        inRange(config.space, other.self.id, changed.self.id, own.token.length) ||
        inRange(config.space, changed.self.id, other.self.id, theirs.token.length)
      ) {
        return `${changed.self.id} claims ${own.token.length} points, ${other.self.id} ${theirs.token.length}`;
      }
    }
    return null;
  },
};

/** Whoever claims a key later has the higher epoch, and one epoch of a key has one owner. */
export const rising: Law = {
  name: "rising epochs",
  broken: ({ world, point }, { config }) => {
    const claimed = point === null ? null : claimOf(world, point);
    if (claimed === null) return null;
    for (let key = 0; key < points; key++) {
      const mark = world.marks[key] ?? null;
      if (mark === null || !inRange(config.space, keyAt(key), claimed.node.self.id, claimed.length)) continue;
      if (claimed.epoch < mark.epoch)
        return `key ${key} is claimed under ${claimed.epoch} after ${mark.epoch}`;
      if (claimed.epoch === mark.epoch && claimed.owner !== mark.owner) {
        return `key ${key} has two owners under ${mark.epoch}`;
      }
    }
    return null;
  },
};

/** Writes down what is claimed now, for `rising` to compare with later. */
export function marked(world: World, point: number | null, { config }: Configuration): World {
  const claimed = point === null ? null : claimOf(world, point);
  if (claimed === null) return world;
  const { epoch, owner } = claimed;
  let marks: ReadonlyArray<Mark | null> = world.marks;
  for (let key = 0; key < points; key++) {
    const mark = marks[key] ?? null;
    if (mark !== null && mark.epoch === epoch && mark.owner === owner) continue;
    if (!inRange(config.space, keyAt(key), claimed.node.self.id, claimed.length)) continue;
    marks = replaced(marks, key, { epoch, owner });
  }
  return marks === world.marks ? world : { ...world, marks };
}

/** A lookup's answer names a node that claimed the key at some instant since it was asked. */
export const confirmed: Law = {
  name: "right answers",
  broken: ({ answers }) => {
    for (const { question, owner } of answers) {
      const { id, incarnation } = owner.peer;
      if ((question.claimers & lifeBit(Number(id), incarnation)) === 0) {
        return `${question.asker} is told that ${id} owns ${question.key}, which it never claimed`;
      }
    }
    return null;
  },
};

/**
 * A lease ends while its heir still waits: it runs from when it was asked for, and the heir's patience from when that
 * arrived. Clocks differ in nothing here, so that the heir's allowance for that is not needed. An heir without a lease
 * of its own can claim nothing that it takes, and begins to wait anew when it has one.
 */
export const patient: Law = {
  name: "a lease ends before its heir's patience",
  broken: ({ world, point }, { config }) => {
    for (const heir of present(world)) {
      const { before, handingOver } = heir.ownership;
      // Who is handing over takes nothing any more, and so need not wait.
      if (
        handingOver ||
        heir.ownership.leaseUntil <= world.now ||
        before === null ||
        before.notBefore !== Number.NEGATIVE_INFINITY ||
        before.report.handed
      )
        continue;
      const { id, incarnation } = before.report.peer;
      const node = world.seats[Number(id)]?.node;
      if (node === undefined || node.self.incarnation !== incarnation) continue;
      if (Number(id) !== point && Number(heir.self.id) !== point) continue;
      const { leaseUntil } = node.ownership;
      if (!isMember(node) || leaseUntil === Number.POSITIVE_INFINITY || leaseUntil <= world.now) continue;
      if (leaseUntil > before.lastAt + config.ring.leaseMs) return `${id} is leased until ${leaseUntil}`;
    }
    return null;
  },
};

/** Who tells a leaver that it took its range holds it: as the leaver's application hears who has it now. */
export const taken: Law = {
  name: "taken where said so",
  broken: ({ world, point, effects }, { config }) => {
    const node = point === null ? undefined : world.seats[point]?.node;
    if (node === undefined) return null;
    for (const effect of effects) {
      if (effect._tag !== "Send" || effect.message._tag !== "Left" || !effect.message.accepted) continue;
      const length = node.ownership.token?.length ?? 0n;
      const leaver = keyAt(pointOf(effect.to));
      if (!inRange(config.space, leaver, node.self.id, length))
        return `${node.self.id} tells ${leaver} that it took its range, and does not hold it`;
    }
    return null;
  },
};

/**
 * Where nobody crashes and no message is lost, a key that lies in somebody's token, or in one that was handed over and
 * not yet taken, goes on doing so: what changes hands is never nobody's, not even until a gap is found and filled. But
 * for who leaves without having been heard: that counts as a crash.
 */
export const kept: Law = {
  name: "no key is lost",
  broken: ({ earlier, world, effects }, { config }) => {
    if (effects.some(leavesUnheard)) return null;
    for (let key = 0; key < points; key++) {
      const isHeld = (node: NodeState): boolean => holds(config, node, keyAt(key));
      if (present(earlier).some(isHeld) && !present(world).some(isHeld))
        return `nobody holds ${key} any more`;
    }
    return null;
  },
};

function leavesUnheard(effect: Effect): boolean {
  if (effect._tag !== "Settled" || isLeft(effect.result)) return false;
  const { right: result } = effect.result;
  return result._tag === "HandedOver" && result.to === null;
}

function holds(
  { space }: Config,
  { self, ownership: { token, before } }: NodeState,
  key: Peer["id"],
): boolean {
  if (token !== null && inRange(space, key, self.id, token.length)) return true;
  const handed = before?.report.handed === true ? before.report : null;
  return handed !== null && inRange(space, key, handed.peer.id, handed.token.length);
}

/** Nobody talks to itself, and nothing grows without end. */
export const bounded: Law = {
  name: "bounds",
  broken: ({ world, point, effects }) => {
    const node = point === null ? undefined : world.seats[point]?.node;
    if (node === undefined) return null;
    for (const effect of effects) {
      if (effect._tag === "Send" && effect.to === node.self.address)
        return `${node.self.id} sends itself a message`;
    }
    if (node.pending.size > 24) return `${node.self.id} waits for ${node.pending.size} answers`;
    return world.mail.length > 64 ? `${world.mail.length} messages are under way` : null;
  },
};

interface Claimed extends Mark {
  readonly node: NodeState;
  readonly length: bigint;
}

function claimOf(world: World, point: number): Claimed | null {
  const node = world.seats[point]?.node;
  const own = node === undefined ? null : claim(node, world.now);
  if (node === undefined || own === null) return null;
  const { epoch, length } = own.token;
  return { node, epoch, length, owner: point + points * node.self.incarnation };
}

function keyAt(point: number): Peer["id"] {
  return BigInt(point) as Peer["id"];
}
