import type { Answer, Contact, Doubts, Event, Id, NodeState, Peer, Verdict } from "@chordnet/core";
import { contacts, nextDeadline, recent, step } from "@chordnet/core";
import { configurationNamed } from "../../src/explorer/index.js";
import { startOf } from "../../src/explorer/start.js";
import { addressOf, calendarMs, points } from "../../src/explorer/world.js";

/**
 * Zave's invariant, by induction over the code that ships, at m = 3 and r = 2.
 *
 * A member's list *skips* the points that lie strictly between two that follow each other in `self ++ list`. So does a
 * list that is under way in an `Answer`, with the sender's own point before it. A *principal* is a member that no list
 * skips, neither a member's nor one under way. The invariant: every member's list, and every list under way with its
 * sender before it, has a live entry; and there are at least r + 1 principals.
 *
 * Only one node's list changes in an event, and the principals are those points that no list skips. So it is enough to
 * look at one node at a time, with any list and any message that the invariant allows, for any set of live nodes: its
 * new list must have a live entry, and skip no live node that neither its old list nor the message skipped. By rotation
 * the node stands at 0.
 */
export interface Case {
  readonly list: ReadonlyArray<number>;
  /** The points of those that the node knows to be dead. */
  readonly dead: ReadonlyArray<number>;
  readonly event: (node: NodeState) => Event;
  /** What the invariant says of this message: a list that is under way. */
  readonly carried: ReadonlyArray<number> | null;
  /** Who can't be alive after, or else the event would not have come. */
  readonly gone: number | null;
  readonly node: NodeState;
}

export interface Fault {
  readonly list: ReadonlyArray<number>;
  readonly after: ReadonlyArray<number>;
  readonly live: ReadonlyArray<number>;
  readonly event: Event;
}

const r = 2;

/** All lists of up to r different points. */
export function listsOf(places: ReadonlyArray<number>): number[][] {
  const found: number[][] = [[]];
  for (const a of places) {
    found.push([a]);
    for (const b of places) if (b !== a) found.push([a, b]);
  }
  return found;
}

/** The points that a list skips, as bits. */
function skipped(list: ReadonlyArray<number>): number {
  let mask = 0;
  for (let i = 1; i < list.length; i++) {
    const [a, b] = [list[i - 1] as number, list[i] as number];
    for (let point = (a + 1) % points; point !== b; point = (point + 1) % points) {
      if (point === a) break;
      mask |= 1 << point;
    }
  }
  return mask;
}

/** A member at 0 in a quiet ring, that has asked `peer`, in one role or the other. */
export function asking(peer: number, role: "head" | "candidate"): { node: NodeState; rid: number } {
  const start = startOf(configurationNamed("crash"), { step, nextDeadline });
  const seat = start.seats[0];
  if (seat == null) throw new Error("nobody is at 0");
  const clocked = { at: start.now, wall: start.now + calendarMs } as const;
  const list = role === "head" ? [peer] : [];
  const before = withPointers(seat.node, list, null, []);
  const stabilizeAt = role === "head" ? start.now : before.timers.stabilizeAt;
  const due = { ...before, timers: { ...before.timers, stabilizeAt } };
  const met: Event = {
    _tag: "Received",
    from: addressOf(peer),
    incarnation: 1,
    client: false,
    message: { _tag: "Ping", rid: 1 },
    ...clocked,
  };
  const [node, effects] = step(due, role === "head" ? { _tag: "Ticked", ...clocked } : met);
  const sent = effects.find((effect) => effect._tag === "Send" && effect.message._tag === "Ask");
  if (sent?._tag !== "Send" || sent.message._tag !== "Ask") throw new Error(`${peer} is not asked`);
  return { node, rid: sent.message.rid };
}

export function withPointers(
  node: NodeState,
  list: ReadonlyArray<number>,
  predecessor: number | null,
  dead: ReadonlyArray<number>,
): NodeState {
  let known = recent.empty<Doubts>(node.contacts.limit);
  for (const point of dead) {
    const contact: Contact = {
      incarnation: 1,
      deadUntil: 1,
      buriedAt: node.timers.at,
      roundTripMs: 0,
      doubts: contacts.noDoubts,
    };
    known = contacts.put(known, addressOf(point), contact);
  }
  const successors = list.map(peerAt);
  const pointers = {
    ...node.pointers,
    successors,
    predecessor: predecessor === null ? null : peerAt(predecessor),
  };
  return { ...node, contacts: known, pointers };
}

export function peerAt(point: number): Peer {
  return { id: BigInt(point) as Id, address: addressOf(point), incarnation: 1 };
}

export function answer(
  rid: number,
  verdict: Verdict,
  list: ReadonlyArray<number>,
  predecessor: number | null,
): Answer {
  const before = predecessor === null ? null : peerAt(predecessor);
  return { _tag: "Answer", rid, verdict, predecessor: before, successors: list.map(peerAt) };
}

/** The faults of one case, over all sets of live nodes that the invariant allows; and how many there were. */
export function judge(
  one: Case,
  machine: typeof step,
): { readonly states: number; readonly faults: ReadonlyArray<Fault> } {
  const event = one.event(one.node);
  const [after, effects] = machine(one.node, event);
  const list = after.pointers.successors.map((peer) => Number(peer.id));
  const before = skipped([0, ...one.list]) | (one.carried === null ? 0 : skipped(one.carried));
  const worse = skipped([0, ...list]) & ~before;
  const faults: Fault[] = [];
  let states = 0;
  const [old, now, dead] = [bits(one.list), bits(list), bits(one.dead)];
  const carried = one.carried === null ? -1 : bits(one.carried.slice(0, r));
  for (let live = 1; live < 1 << points; live += 2) {
    if (one.gone !== null && (live & (1 << one.gone)) !== 0) continue;
    if ((live & dead) !== 0 || (live & old) === 0 || (live & carried) === 0) continue;
    if (countBits(live & ~before) < r + 1) continue;
    states++;
    if ((worse & live) === 0 && (live & now) !== 0) continue;
    faults.push({ list: one.list, after: list, live: all.filter((point) => live & (1 << point)), event });
  }
  // What it says of its list is its list as it was, or as it is.
  for (const effect of effects) {
    if (effect._tag !== "Send" || effect.message._tag !== "Answer") continue;
    const said = effect.message.successors.map((peer) => Number(peer.id)).join();
    if (said !== one.list.join() && said !== list.join()) {
      faults.push({ list: one.list, after: list, live: [], event });
    }
  }
  return { states, faults };
}

export const all: ReadonlyArray<number> = Array.from({ length: points }, (_, i) => i);

function bits(places: ReadonlyArray<number>): number {
  return places.reduce((mask, point) => mask | (1 << point), 0);
}

function countBits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}
