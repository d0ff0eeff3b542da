import type { NodeState, Peer } from "@chordnet/core";
import { between, claim, distance, isMember } from "@chordnet/core";
import type { Configuration } from "./configuration.js";
import type { Law } from "./laws.js";
import type { World } from "./world.js";
import { present } from "./world.js";

/** What Zave (2016) proves of the corrected protocol: her invariant, as laws, and her ideal state. */

/** The first half of Zave's invariant (2016): every member has a live entry in its list. */
export const linked: Law = {
  name: "a live successor",
  broken: ({ world }) => {
    const members = present(world).filter(isMember);
    const mute = members.find(({ pointers }) => !pointers.successors.some((peer) => isAlive(world, peer)));
    return mute === undefined || members.length < 2 ? null : `${mute.self.id} has no live successor`;
  },
};

/**
 * The second half: at least r + 1 members are principals, which nobody skips. Lists here may be shorter than r: a
 * newcomer's fills up, and in a small ring it can't be full.
 */
export const principal: Law = {
  name: "enough principals",
  broken: ({ world }, { config }) => {
    const members = present(world).filter(isMember);
    const principals = principalsOf(members);
    if (principals.length > config.ring.successors) return null;
    return `only ${principals.map((node) => node.self.id).join(" ") || "nobody"} of ${members.length} skipped by none`;
  },
};

/** The members that no other member's list skips. */
export function principalsOf(members: ReadonlyArray<NodeState>): NodeState[] {
  return members.filter((node) => !members.some((other) => skips(other, node)));
}

function skips({ self, pointers }: NodeState, node: NodeState): boolean {
  let earlier = self.id;
  for (const { id } of pointers.successors) {
    if (between(earlier, node.self.id, id)) return true;
    earlier = id;
  }
  return false;
}

/** Whether a member is there, in this life or a later one. */
export function isAlive(world: World, { id, incarnation }: Peer): boolean {
  const node = world.seats[Number(id)]?.node;
  return node !== undefined && isMember(node) && node.self.incarnation >= incarnation;
}

/**
 * Zave's ideal state: all that are there are members, every list holds the next r of them, first successor and
 * predecessor are mutually inverse. And the claims tile the circle.
 */
export function isIdeal(world: World, { config, claims }: Configuration): boolean {
  const nodes = present(world).filter((node) => node.phase._tag !== "Gone");
  const n = nodes.length;
  for (let i = 0; i < n; i++) {
    const node = nodes[i] as NodeState;
    if (node.phase._tag !== "Member") return false;
    const { successors, predecessor } = node.pointers;
    const listed = Math.min(config.ring.successors, n - 1);
    if (successors.length !== listed) return false;
    for (let k = 0; k < listed; k++) {
      if (!names(successors[k], nodes[(i + 1 + k) % n])) return false;
    }
    const before = nodes[(i + n - 1) % n] as NodeState;
    if (n > 1 && !names(predecessor, before)) return false;
    if (!claims) continue;
    const length = n === 1 ? config.space.size : distance(config.space, before.self.id, node.self.id);
    if (claim(node, world.now)?.token.length !== length) return false;
  }
  return n > 0;
}

function names(peer: Peer | null | undefined, node: NodeState | undefined): boolean {
  return peer?.id === node?.self.id && peer?.incarnation === node?.self.incarnation;
}
