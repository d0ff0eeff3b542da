import * as contacts from "../contacts.js";
import type { Millis } from "../message.js";
import { leased } from "../ownership.js";
import type { Address, Peer } from "../peer.js";
import { processAddress } from "../peer.js";
import type { NodeState, Pointers, Remembered } from "../state.js";
import { deadSince, usable } from "../state.js";
import type { Turn } from "../turn.js";
import { draw, own } from "../turn.js";
import { samePeer } from "./pointers.js";

/**
 * The one set of peers that a node remembers beside those it talks to: what they once led to, a part of the ring that
 * fell away, may be found again through them. Nobody is forgotten for age, only for want of room.
 */

/** Every pointer of the node, each once. */
export function pointed(state: NodeState): ReadonlyMap<Address, Peer> {
  const { successors, predecessor, fingers } = state.pointers;
  const all = new Map(successors.map((peer) => [peer.address, peer]));
  if (predecessor !== null) all.set(predecessor.address, predecessor);
  for (const { peer } of fingers) all.set(peer.address, peer);
  return all;
}

/** For how many intervals a finger's test holds good once another has taken its place. */
const testedIntervals = 16;

/** Who is no longer a pointer is remembered, whyever that is: untested, or as dead. Found by comparing. */
export function rememberDropped(turn: Turn, earlier: NodeState): void {
  if (samePointers(turn.state.pointers, earlier.pointers)) return;
  const present = pointed(turn.state);
  for (const peer of pointed(earlier).values()) {
    if (present.has(peer.address) || peer.id === turn.state.self.id) continue;
    const latest = latestLife(turn.state, peer);
    if (isTestedFinger(turn, earlier, latest)) continue;
    remember(turn, { peer: latest, ...standing(turn, peer), seed: false });
  }
}

/** Most changes only tell when the predecessor was heard. */
function samePointers(a: Pointers, b: Pointers): boolean {
  return a.successors === b.successors && a.predecessor === b.predecessor && a.fingers === b.fingers;
}

/**
 * Fingers are looked up anew while a ring grows, and then their places are taken by others of the same ring. Whoever
 * was a neighbour may have fallen out because two rings meet, and is tested again however lately it was.
 */
function isTestedFinger({ state, at }: Turn, { pointers }: NodeState, peer: Peer): boolean {
  const { successors, predecessor } = pointers;
  if ([...successors, predecessor].some((neighbour) => neighbour?.address === peer.address)) return false;
  const from = at - testedIntervals * state.config.ring.intervalMs;
  return (
    usable(state, peer, at) &&
    state.remembered.some(
      (known) => known.standing === "same" && known.askAt > from && samePeer(known.peer, peer),
    )
  );
}

/** It was found in this node's own ring. */
export function rememberSame(turn: Turn, peer: Peer): void {
  remember(turn, { peer, standing: "same", askAt: turn.at, tries: 0, seed: false });
}

/** Seeds are never forgotten. Which life of them lives is not known. */
export function rememberSeeds(turn: Turn, seeds: ReadonlyArray<Address>): void {
  const { self, config } = turn.state;
  for (const address of seeds.slice(0, config.limits.rememberedMax)) {
    if (address === self.address) continue;
    const peer = { id: config.naming(address), address, incarnation: 0 };
    remember(turn, { peer, standing: "untested", askAt: turn.at, tries: 0, seed: true });
  }
}

/**
 * A node without a lease remembers whoever speaks to it. It may have been stopped while all that it knew died; it would
 * then take itself for the last one alive, although nodes that came later know of it. Who was asked in vain and speaks
 * is not silent: it may be that this node is not heard, or is too slow for its answers.
 */
export function rememberSpeaker(turn: Turn, peer: Peer): void {
  const { state, at } = turn;
  if (leased(state.ownership, at)) return;
  const known = recall(state, peer.address);
  if (known === undefined) {
    if (pointed(state).has(peer.address)) return;
    remember(turn, { peer, standing: "untested", askAt: at, tries: 0, seed: false });
  } else if (known.standing === "silent" && known.tries > 0) remember(turn, { ...known, tries: 0 });
}

/** Puts down what is known of a peer now. A seed stays one. */
export function remember(turn: Turn, entry: Remembered): void {
  const { remembered } = turn.state;
  const place = placeOf(remembered, entry.peer.address);
  const known = place < 0 ? undefined : remembered[place];
  const { standing, askAt, tries } = entry;
  const peer =
    known !== undefined && known.peer.incarnation >= entry.peer.incarnation ? known.peer : entry.peer;
  // Written out, so that all are of one shape: they are looked through once an interval.
  const latest = { peer, standing, askAt, tries, seed: entry.seed || known?.seed === true };
  // An array that grows has room for many.
  const entries = known === undefined ? remembered.concat(latest) : remembered.slice();
  if (known !== undefined) entries[place] = latest;
  keep(turn, entries);
}

/** What is remembered of the peer at that address. */
export function recall(state: NodeState, address: Address): Remembered | undefined {
  const place = placeOf(state.remembered, address);
  return place < 0 ? undefined : state.remembered[place];
}

/** Looked for several times an interval, once for each pointer. */
function placeOf(remembered: ReadonlyArray<Remembered>, address: Address): number {
  for (let i = 0; i < remembered.length; i++) {
    if ((remembered[i] as Remembered).peer.address === address) return i;
  }
  return -1;
}

/**
 * Those known to be in this ring give way first, then the dead, chosen by chance so that a few are old; seeds never.
 */
function keep(turn: Turn, remembered: ReadonlyArray<Remembered>): void {
  if (remembered.length <= turn.state.config.limits.rememberedMax) {
    own(turn).remembered = remembered;
    return;
  }
  const others = remembered.filter(({ seed }) => !seed);
  const classes = [
    others.filter((entry) => entry.standing === "same"),
    others.filter((entry) => entry.standing === "silent" || entry.standing === "refused"),
    others,
  ];
  const dispensable = classes.find((entries) => entries.length > 0) ?? remembered;
  const victim = dispensable[draw(turn) % dispensable.length];
  own(turn).remembered = remembered.filter((entry) => entry !== victim);
}

function standing(turn: Turn, peer: Peer): Pick<Remembered, "standing" | "askAt" | "tries"> {
  const { state, at } = turn;
  const since = deadSince(state, latestLife(state, peer));
  if (since !== null) return { standing: "refused", askAt: at + state.config.ring.intervalMs, tries: 1 };
  if (usable(state, peer, at)) return { standing: "untested", askAt: at, tries: 0 };
  return { standing: "silent", askAt: at + state.config.ring.intervalMs, tries: 0 };
}

/** A later life of a process may have spoken: then that one is meant. */
function latestLife(state: NodeState, peer: Peer): Peer {
  const incarnation = contacts.get(state.contacts, processAddress(peer.address))?.incarnation ?? 0;
  return incarnation > peer.incarnation ? { ...peer, incarnation } : peer;
}

/** How long until the same is asked again, the `tries`-th time: longer each time, up to so many intervals. */
export function backoffMs(turn: Turn, tries: number, intervalsMax: number): Millis {
  const { intervalMs } = turn.state.config.ring;
  return intervalMs * Math.min(2 ** (tries - 1), intervalsMax) * (0.5 + draw(turn) / 0x2_0000_0000);
}
