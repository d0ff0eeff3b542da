import { contactAt } from "../contacts.js";
import type { Clocked } from "../event.js";
import type { Millis } from "../message.js";
import type { Address, Peer } from "../peer.js";
import { processAddress, sameProcess } from "../peer.js";
import * as recent from "../recent.js";
import type { Request } from "../request.js";
import type { NodeState } from "../state.js";
import type { Turn } from "../turn.js";
import { setOwnership, turnOf } from "../turn.js";
import { answeredAt, answeredSibling, ping } from "./failure.js";

/**
 * A minority that must not act. Where `minMembers` is set, a node claims nothing unless so many processes of its ring,
 * its own among them, answered it within a lease's time, counted from when it asked. It asks its neighbours and
 * everybody in its successor list once an interval, so it sees r + 1 others at most, and those that its siblings see.
 * ADR 13 has what this is worth.
 */

/** Asks everybody in reach; and whoever was handed a range, before others of its process: it may never have got it. */
export function askMembers(turn: Turn): void {
  if (turn.state.config.minMembers <= 1) return;
  const { before } = turn.state.ownership;
  const own = processAddress(turn.state.self.address);
  const asked = new Set<Address>([own]);
  const handed = before?.report.handed === true ? [before.report.peer] : [];
  for (const peer of [...handed, ...neighbours(turn.state)]) {
    const process = processAddress(peer.address);
    if (asked.has(process)) continue;
    asked.add(process);
    ping(turn, peer);
  }
}

function neighbours({ pointers }: NodeState): ReadonlyArray<Peer> {
  const { successors, predecessor } = pointers;
  return predecessor === null ? successors : [predecessor, ...successors];
}

/** A virtual node says that it is no member. Its process counts all the same, if another of it is a neighbour. */
export function countRefusal(turn: Turn, from: Address, { sentAt, purpose }: Request): void {
  if (turn.state.config.minMembers <= 1 || purpose._tag !== "Ping") return;
  const isSeen = neighbours(turn.state).some(({ address }) => sameProcess(address, from));
  if (isSeen) answeredSibling(turn, processAddress(from), sentAt);
}

/**
 * The virtual nodes of a process count together: all of them reach the same others, but each alone might see too few,
 * as those in its list may be of one process. Gives the sibling as it knows what this one was answered.
 */
export function siblingSaw(sibling: NodeState, by: NodeState, process: Address, clocked: Clocked): NodeState {
  const turn = turnOf(sibling, clocked);
  answeredSibling(turn, process, answeredAt(by, process));
  countMembers(turn);
  return turn.state;
}

/** Until when enough have been seen: found anew after whatever was learned. */
export function countMembers(turn: Turn): void {
  const { config, ownership } = turn.state;
  if (config.minMembers <= 1) return;
  const quorumUntil = seenAt(turn.state) + config.ring.leaseMs;
  if (quorumUntil !== ownership.quorumUntil) setOwnership(turn, { quorumUntil });
}

/**
 * Whether enough members have answered questions that were asked more than an interval after the silent node was last
 * heard; a node in reach would have spoken by then. A node that was itself cut off, together with a few others, hears
 * these few alone: it must not take a range that the rest of the ring goes on with.
 */
export function outnumbers(state: NodeState, silentSince: Millis): boolean {
  const { minMembers, jitter, ring } = state.config;
  return minMembers <= 1 || seenAt(state) >= silentSince + ring.intervalMs * (1 + jitter);
}

/** The latest time since which enough have answered, counted from when they were asked. */
function seenAt(state: NodeState): Millis {
  const own = processAddress(state.self.address);
  const others = recent
    .entries(state.contacts, contactAt)
    .filter(([process, contact]) => process !== own && contact.incarnation > contact.deadUntil)
    .map(([, contact]) => contact.doubts.answeredAt)
    .sort((a, b) => b - a);
  return others[state.config.minMembers - 2] ?? Number.NEGATIVE_INFINITY;
}
