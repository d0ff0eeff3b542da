import type { Contact, Doubts } from "../contacts.js";
import * as contacts from "../contacts.js";
import type { Announcement } from "../effect.js";
import type { Before } from "../holding.js";
import type { Millis } from "../message.js";
import type { Address, Incarnation, Peer } from "../peer.js";
import { processAddress } from "../peer.js";
import type { Request } from "../request.js";
import { forget, forgetProcess } from "../routes.js";
import type { NodeState } from "../state.js";
import { deadSince } from "../state.js";
import type { Own, Turn } from "../turn.js";
import { announce, emit, expect, keepHints, own, send, setOwnership, setPointers } from "../turn.js";
import { isCutOff, isLast } from "./alone.js";
import { answerTimeoutMs, longPatienceMs, patienceMs, suspicionMs } from "./durations.js";
import { chainOf, revised } from "./reports.js";

/**
 * Failure detection. Silence makes a peer suspect: it is no longer a pointer until it speaks again, or the suspicion
 * runs out. A refused connection, a goodbye or a later life of the same address proves it dead.
 */

type EvictionReason = Extract<Announcement, { readonly _tag: "PeerEvicted" }>["reason"];

/** A ring message came from this life of a process: it is not silent, and its earlier lives are over. */
export function heard(turn: Turn, from: Address, incarnation: Incarnation): void {
  const process = processAddress(from);
  const contact = ownContact(turn, process);
  if (incarnation > contact.incarnation) buryEarlier(turn, process, incarnation);
  else if (wasBuriedInError(turn, contact, incarnation)) {
    contact.deadUntil = incarnation - 1;
    setContact(turn, process, contact);
  } else if (contact.doubts.suspectUntil > turn.at && incarnation > contact.deadUntil) {
    setDoubts(turn, process, contact, { suspectUntil: Number.NEGATIVE_INFINITY });
  }
}

/**
 * What a dead process said last arrives before its port refuses, or soon after. What speaks later than that is alive.
 */
function wasBuriedInError(turn: Turn, contact: Contact, incarnation: Incarnation): boolean {
  return incarnation === contact.deadUntil && turn.at > contact.buriedAt + turn.state.config.ring.intervalMs;
}

/** How long an answer from this peer took. */
export function measured(turn: Turn, from: Address, request: Request): void {
  const process = processAddress(from);
  const contact = ownContact(turn, process);
  const { roundTripMs: known } = contact;
  const sample = turn.at - request.sentAt;
  contact.roundTripMs = known === 0 ? sample : known + (sample - known) / 8;
  setContact(turn, process, contact);
}

/** No answer has come so far: a round trip to this peer takes longer than that, so it has more time if asked again. */
export function unanswered(turn: Turn, { to, sentAt }: Request): void {
  if (to === null) return;
  const process = processAddress(to);
  const contact = ownContact(turn, process);
  const waitedMs = Math.min(turn.at - sentAt, turn.state.config.ring.intervalMs / 2);
  if (waitedMs <= contact.roundTripMs) return;
  contact.roundTripMs = waitedMs;
  setContact(turn, process, contact);
}

/** Asks whether a peer is alive. Its silence, refusal or answer comes to `suspect`, `bury` or `heard`. */
export function ping(turn: Turn, peer: Peer, tries = 0): void {
  const process = processAddress(peer.address);
  const contact = ownContact(turn, process);
  if (tries === 0 && turn.at < contact.doubts.pingedUntil) return;
  const pingedUntil = turn.at + answerTimeoutMs(turn.state.config, contact.roundTripMs);
  const rid = expect(turn, peer.address, pingedUntil, { _tag: "Ping", peer, tries });
  if (rid === null) return;
  setDoubts(turn, process, contact, { pingedUntil });
  send(turn, peer.address, { _tag: "Ping", rid });
}

/** The peer answered a ping: should it be in doubt again, it is asked again. */
export function ponged(turn: Turn, from: Address, { sentAt }: Request): void {
  const process = processAddress(from);
  const doubts = { pingedUntil: Number.NEGATIVE_INFINITY, answeredAt: sentAt };
  setDoubts(turn, process, ownContact(turn, process), doubts);
}

/** When the question was asked that the process answered last, by this node or by a virtual node of its process. */
export function answeredAt(state: NodeState, process: Address): Millis {
  return (contacts.get(state.contacts, process)?.doubts ?? contacts.noDoubts).answeredAt;
}

/** The process answered what was asked at that time: it refused, or a virtual node of this one's process had asked. */
export function answeredSibling(turn: Turn, process: Address, at: Millis): void {
  if (answeredAt(turn.state, process) >= at) return;
  setDoubts(turn, process, ownContact(turn, process), { answeredAt: at });
}

/** The peer did not answer, twice. */
export function suspect(turn: Turn, peer: Peer): void {
  const process = processAddress(peer.address);
  const contact = ownContact(turn, process);
  contact.incarnation = Math.max(contact.incarnation, peer.incarnation);
  setDoubts(turn, process, contact, { suspectUntil: turn.at + suspicionMs(turn.state.config.ring) });
  emit(turn, { _tag: "Suspected", process });
  evict(turn, process, Number.POSITIVE_INFINITY, "silent");
}

/** The peer was handed a range and never took it: not again before a while has passed, whatever it says. */
export function bar(turn: Turn, peer: Peer): void {
  const process = processAddress(peer.address);
  const barredUntil = turn.at + longPatienceMs(turn.state.config.ring);
  setDoubts(turn, process, ownContact(turn, process), { barredUntil });
}

/** Whether the peer may be handed a range now. */
export function isBarred(turn: Turn, peer: Peer): boolean {
  const known = contacts.get(turn.state.contacts, processAddress(peer.address));
  return known !== undefined && turn.at < known.doubts.barredUntil;
}

/** Every life up to `until` is over: of a process, or, where `address` names one, of a single virtual node. */
export function bury(turn: Turn, address: Address, until: Incarnation, reason: EvictionReason): void {
  const contact = ownContact(turn, address);
  if (contact.deadUntil < until) {
    contact.incarnation = Math.max(contact.incarnation, until);
    contact.deadUntil = until;
    contact.buriedAt = turn.at;
    setContact(turn, address, contact);
    askBeneath(turn, processAddress(address));
  }
  evict(turn, address, until, reason);
}

/**
 * The next beneath who is not known to be dead is asked whether it lives: a row of dead is found in as many round
 * trips.
 */
function askBeneath(turn: Turn, dead: Address): void {
  const chain = chainOf(turn.state.ownership.before).map(({ peer }) => peer);
  const alive = chain.findIndex((peer) => deadSince(turn.state, peer) === null);
  const next = chain[alive];
  if (next === undefined || next.id === turn.state.self.id) return;
  if (chain.slice(0, alive).some((peer) => processAddress(peer.address) === dead)) ping(turn, next);
}

/**
 * The peer lives, but was not in the ring when it was asked: it is no longer a pointer. There are two exceptions. It
 * may have spoken as a member since, in a message that overtook that answer. Or this node is just admitting it, and the
 * news has not reached it yet; after a lease's time that news counts as lost.
 */
export function dismiss(turn: Turn, peer: Peer, { sentAt: askedAt, purpose }: Request): void {
  const { predecessor, predecessorHeardAt } = turn.state.pointers;
  if (predecessor?.address === peer.address && predecessorHeardAt >= askedAt) return;
  const { before } = turn.state.ownership;
  const handed = before?.report.handed === true && before.report.peer.address === peer.address;
  if (handed && turn.at < before.lastAt + patienceMs(turn.state.config.ring)) return;
  evict(turn, peer.address, peer.incarnation, "left");
  // A member that is stranded refuses leases in the same words.
  if (handed && purpose._tag !== "Ask") learnUntaken(turn, before, peer, askedAt);
}

/**
 * Another node said that the peer was handed a range, but W later the peer is still no member: the node that handed it
 * the range is gone, and so is its message. Nobody was served there, so this counts as if this node had handed the
 * range over itself; unless nobody is left to talk to and this node may not take itself for the last.
 */
function learnUntaken(turn: Turn, before: Before, peer: Peer, askedAt: Millis): void {
  const { config } = turn.state;
  if (peer.incarnation !== before.report.peer.incarnation) return;
  if (askedAt < before.lastAt + longPatienceMs(config.ring)) return;
  if (isCutOff(turn.state) && !isLast(turn.state, turn.at)) return;
  const lastAt = Math.min(before.lastAt, turn.state.ownership.leaseUntil);
  const never = Number.NEGATIVE_INFINITY;
  setOwnership(turn, { before: revised(before, { lastAt, notBefore: never, knownSince: never }) });
}

/**
 * A connection to the process was refused: the life of it that `peer` names is over. A later one may have begun since,
 * and its first words may have overtaken the refusal: where it is not known which was meant, it is asked.
 */
export function refused(turn: Turn, address: Address, peer: Peer | null): void {
  const process = processAddress(address);
  if (peer === null) doubt(turn, process);
  else bury(turn, process, peer.incarnation, "refused");
}

/** The connection to a process ended: is it dead? Those that matter are asked. */
export function doubt(turn: Turn, process: Address): void {
  const peer = countedOn(turn.state).find((other) => processAddress(other.address) === process);
  if (peer !== undefined) ping(turn, peer);
}

/** The smoothed round trip to a peer's process; 0 while unknown. */
export function roundTripMs(state: NodeState, address: Address): number {
  return contacts.get(state.contacts, processAddress(address))?.roundTripMs ?? 0;
}

/** Every peer that this node counts on. */
export function countedOn(state: NodeState): ReadonlyArray<Peer> {
  const { successors, predecessor, fingers } = state.pointers;
  return [
    ...successors,
    ...(predecessor === null ? [] : [predecessor]),
    ...chainOf(state.ownership.before).map((report) => report.peer),
    ...fingers.map((finger) => finger.peer),
  ];
}

function buryEarlier(turn: Turn, process: Address, incarnation: Incarnation): void {
  const contact = ownContact(turn, process);
  contact.incarnation = incarnation;
  contact.deadUntil = Math.max(contact.deadUntil, incarnation - 1);
  contact.buriedAt = turn.at;
  contact.doubts = contacts.noDoubts;
  setContact(turn, process, contact);
  evict(turn, process, incarnation - 1, "reborn");
}

/** Takes lives of a process out of every table at once. Where one was reborn, it is found where it was: hints stay. */
function evict(turn: Turn, address: Address, until: Incarnation, reason: EvictionReason): void {
  const single = address !== processAddress(address);
  const gone = (peer: Peer): boolean =>
    peer.incarnation <= until && (single ? peer.address : processAddress(peer.address)) === address;
  if (reason !== "reborn") {
    keepHints(turn, (single ? forget : forgetProcess)(turn.state.routes, address));
  }
  if (!isAmong(turn.state.pointers, gone)) return;
  const { successors, predecessor, fingers } = turn.state.pointers;
  const lost = [...successors, predecessor, ...fingers.map((finger) => finger.peer)].filter(
    (peer): peer is Peer => peer !== null && gone(peer),
  );
  if (successors[0] !== undefined && gone(successors[0])) turn.askWanted = true;
  setPointers(turn, {
    successors: successors.filter((peer) => !gone(peer)),
    predecessor: predecessor !== null && gone(predecessor) ? null : predecessor,
    fingers: fingers.filter((finger) => !gone(finger.peer)),
  });
  for (const peer of new Map(lost.map((each) => [each.address, each])).values()) {
    announce(turn, { _tag: "PeerEvicted", peer, reason });
  }
}

/** Mostly nobody is: that somebody is dead is told again and again, long after it was taken out. */
function isAmong(
  { successors, predecessor, fingers }: NodeState["pointers"],
  gone: (peer: Peer) => boolean,
): boolean {
  if (predecessor !== null && gone(predecessor)) return true;
  return successors.some(gone) || fingers.some(({ peer }) => gone(peer));
}

/** What is known of a process, or of a single virtual node, to be changed and put down by `setContact`. */
function ownContact(turn: Turn, address: Address): Own<Contact> {
  return contacts.get(turn.state.contacts, address) ?? unknownContact();
}

function unknownContact(): Contact {
  return {
    incarnation: 0,
    deadUntil: -1,
    buriedAt: Number.NEGATIVE_INFINITY,
    roundTripMs: 0,
    doubts: contacts.noDoubts,
  };
}

function setContact(turn: Turn, address: Address, contact: Contact): void {
  own(turn).contacts = contacts.put(turn.state.contacts, address, contact);
}

function setDoubts(turn: Turn, address: Address, contact: Own<Contact>, change: Partial<Doubts>): void {
  contact.doubts = { ...contact.doubts, ...change };
  setContact(turn, address, contact);
}
