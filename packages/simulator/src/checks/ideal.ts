import type { Id, NodeState, Peer } from "@chordnet/core";
import { claim, distance, isMember } from "@chordnet/core";
import type { Simulation } from "../simulation/simulation.js";

/**
 * The ring as it should be, by the sorted list of its members: Zave's ideal state (every successor list holds the next
 * r members, first successor and predecessor are mutually inverse), and the claims tile the circle.
 */

/**
 * Who owns the key, by the sorted list.
 *
 * @example
 * const members = grownRing(1, 5).members()
 * assert.strictEqual(idealOwner(members, members[3].self.id), members[3].self)
 * assert.strictEqual(idealOwner(members, members[4].self.id + 1n), members[0].self)
 */
export function idealOwner(members: ReadonlyArray<NodeState>, target: Id): Peer {
  return (members.find((node) => node.self.id >= target) ?? (members[0] as NodeState)).self;
}

/** The first thing that is not as it should be, with every process a member; null: nothing. */
export function flaw(simulation: Simulation): string | null {
  for (const { state } of simulation.hosts.values()) {
    const outside = state.nodes.find((node) => !isMember(node));
    if (outside !== undefined) return `${outside.self.address}: ${outside.phase._tag}`;
  }
  const members = simulation.members();
  for (let i = 0; i < members.length; i++) {
    const found = pointerFlaw(simulation, members, i) ?? claimFlaw(simulation, members, i);
    if (found !== null) return `${members[i]?.self.address}: ${found}`;
  }
  return null;
}

function pointerFlaw(simulation: Simulation, members: ReadonlyArray<NodeState>, i: number): string | null {
  const { pointers } = members[i] as NodeState;
  const listed = Math.min(simulation.config.ring.successors, members.length - 1);
  const want = Array.from({ length: listed }, (_, k) => member(members, i + 1 + k).address).join();
  const have = pointers.successors.map((peer) => peer.address).join();
  if (have !== want) return `successors ${have}, not ${want}`;
  const before = member(members, i - 1).address;
  const known = pointers.predecessor?.address;
  return members.length > 1 && known !== before ? `predecessor ${known}, not ${before}` : null;
}

function claimFlaw(simulation: Simulation, members: ReadonlyArray<NodeState>, i: number): string | null {
  const { space } = simulation.config;
  const { self } = members[i] as NodeState;
  const length = members.length === 1 ? space.size : distance(space, member(members, i - 1).id, self.id);
  const claimed = claim(members[i] as NodeState, simulation.clock(self.address))?.token.length;
  return claimed === length ? null : `claims ${claimed}, not ${length}`;
}

function member(members: ReadonlyArray<NodeState>, i: number): Peer {
  return (members[(i + members.length) % members.length] as NodeState).self;
}
