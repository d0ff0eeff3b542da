import { between } from "../identifier.js";
import type { Introduce, Introduced, Millis } from "../message.js";
import type { Peer } from "../peer.js";
import type { IntroducePurpose, Request } from "../request.js";
import type { NodeState, Remembered } from "../state.js";
import { isMember, usable } from "../state.js";
import type { Turn } from "../turn.js";
import { expect, ownTimers, refuse, send } from "../turn.js";
import { isCutOff } from "./alone.js";
import { answerTimeoutMs } from "./durations.js";
import { measured, roundTripMs, suspect } from "./failure.js";
import { backoffMs, pointed, recall, remember, rememberSame } from "./memory.js";
import { head } from "./pointers.js";
import { consider } from "./stabilize.js";

/**
 * A node looks itself up through each peer that it knows, by walking from there towards its own place. If the walk ends
 * at a node whose successor it is, the peer is in the same ring. If not, two rings, or two turns of a loopy one, lie
 * side by side, and this is a place to join them: who is asked hears of the asker and takes it for its successor; the
 * asker takes that one's successor for its own.
 */

/** When nothing is new, one peer is tested in so many intervals. */
export const quietIntervals = 16;

/**
 * The longest, in intervals, until a peer that did not answer is asked again: with nobody left to talk to, and
 * otherwise.
 */
const patience = { isolated: 16, usual: 64 } as const;

/** The same for a peer that was in another ring: to see whether the two have become one. */
const foreignIntervals = 8;

/**
 * Once an interval: tests whoever is due, one that may lead somewhere new and one that was dead; all, if nobody else is
 * left.
 */
export function introduceOneself(turn: Turn): void {
  const { remembered, config } = turn.state;
  if (turn.state.phase._tag !== "Member" || config.limits.rememberedMax === 0) return;
  const next = soonest(remembered, turn.at);
  const isNew = isCutOff(turn.state) ? introduceToAll(turn) : introduceToNext(turn, next);
  if (isNew || turn.at < turn.state.timers.introduceAt || next.same === null) return;
  ownTimers(turn).introduceAt = turn.at + quietIntervals * config.ring.intervalMs;
  testPeer(turn, next.same.peer);
}

/** Gives whether one that may lead somewhere new is tested. */
function introduceToNext(turn: Turn, { dead, untested }: Soonest): boolean {
  if (dead !== null) testPeer(turn, dead.peer);
  const fresh = firstStranger(turn.state) ?? untested?.peer ?? null;
  if (fresh !== null) testPeer(turn, fresh);
  return fresh !== null;
}

/** As `introduceToNext`, of everybody who is due. */
function introduceToAll(turn: Turn): boolean {
  for (const peer of due(turn, ["silent", "refused"])) testPeer(turn, peer);
  const strangers = [...pointed(turn.state).values()].filter((peer) => isStranger(turn.state, peer));
  const fresh = [...strangers, ...due(turn, ["untested"])];
  for (const peer of fresh) testPeer(turn, peer);
  return fresh.length > 0;
}

/** Those that are remembered as such and due, the longest due first. */
function due({ state, at }: Turn, standings: ReadonlyArray<Remembered["standing"]>): ReadonlyArray<Peer> {
  return state.remembered
    .filter(({ standing, askAt }) => standings.includes(standing) && askAt <= at)
    .sort((a, b) => a.askAt - b.askAt)
    .map(({ peer }) => peer);
}

/** Answered with the neighbours as they were; then the one who asked is met like anybody who speaks. */
export function onIntroduce(turn: Turn, from: Peer, { rid }: Introduce): void {
  if (!isMember(turn.state)) return refuse(turn, from.address, rid);
  const { successors } = turn.state.pointers;
  send(turn, from.address, {
    _tag: "Introduced",
    rid,
    preceding: precedingFinger(turn.state, from),
    successors,
  });
}

/** One step of the walk: on towards this node's own place, or its end. */
export function onIntroduced(
  turn: Turn,
  from: Peer,
  answer: Introduced,
  request: Request,
  purpose: IntroducePurpose,
): void {
  if (turn.state.phase._tag !== "Member") return;
  measured(turn, from.address, request);
  const { self } = turn.state;
  const through = purpose.hops === 0 ? from : purpose.through;
  consider(turn, from);
  const [next] = answer.successors;
  if (next?.id === self.id) return rememberSame(turn, through);
  const tries = recall(turn.state, through.address)?.tries ?? 1;
  const askAt = turn.at + backoffMs(turn, tries, foreignIntervals);
  remember(turn, { peer: through, standing: "untested", askAt, tries, seed: false });
  if (next === undefined) return;
  if (between(from.id, self.id, next.id)) return consider(turn, next);
  const ahead = [answer.preceding ?? from, ...answer.successors];
  const nearer = ahead.filter((peer) => between(from.id, peer.id, self.id));
  nearer.sort((a, b) => (between(a.id, b.id, self.id) ? 1 : -1));
  walk(turn, through, nearer, purpose.hops + 1);
}

/** Who was asked does not answer, or is no member: another way, if there is one. */
export function onNotIntroduced(turn: Turn, purpose: IntroducePurpose, standing: "silent" | "refused"): void {
  if (turn.state.phase._tag !== "Member") return;
  if (purpose.hops > 0) return walk(turn, purpose.through, purpose.others, purpose.hops);
  const known = recall(turn.state, purpose.peer.address);
  if (known !== undefined) remember(turn, { ...known, standing });
}

/** No answer: once more, then the next way. */
export function onIntroduceTimeout(turn: Turn, purpose: IntroducePurpose): void {
  if (turn.state.phase._tag !== "Member") return;
  if (purpose.tries === 0 && sendIntroduce(turn, { ...purpose, tries: 1 })) return;
  if (purpose.tries > 0) suspect(turn, purpose.peer);
  onNotIntroduced(turn, purpose, "silent");
}

/**
 * The first pointer that is not remembered. Looked for once an interval, mostly in vain: nothing is built for it. Of
 * the list only the head: the others are pointers of the head's, which has told of them. Those that it does not tell
 * of are dropped, and so remembered, when it answers.
 */
function firstStranger(state: NodeState): Peer | null {
  const { predecessor, fingers } = state.pointers;
  const successor = head(state);
  if (successor !== null && isStranger(state, successor)) return successor;
  if (predecessor !== null && isStranger(state, predecessor)) return predecessor;
  for (const { peer } of fingers) if (isStranger(state, peer)) return peer;
  return null;
}

/** The usual case first: this very object is remembered. */
function isStranger(state: NodeState, peer: Peer): boolean {
  for (const entry of state.remembered) if (entry.peer === peer) return false;
  return recall(state, peer.address) === undefined;
}

/** Who is to be asked first of each kind; null: nobody is yet. */
interface Soonest {
  dead: Remembered | null;
  untested: Remembered | null;
  /** This kind is asked when nothing else is due. */
  same: Remembered | null;
}

/** All are looked through each interval: once for all kinds. */
function soonest(remembered: ReadonlyArray<Remembered>, at: Millis): Soonest {
  const found: Soonest = { dead: null, untested: null, same: null };
  for (const entry of remembered) {
    if (entry.standing === "same") {
      if (found.same === null || entry.askAt < found.same.askAt) found.same = entry;
    } else if (entry.askAt > at) continue;
    else if (entry.standing === "untested") {
      if (found.untested === null || entry.askAt < found.untested.askAt) found.untested = entry;
    } else if (found.dead === null || entry.askAt < found.dead.askAt) found.dead = entry;
  }
  return found;
}

function testPeer(turn: Turn, peer: Peer): void {
  const known = recall(turn.state, peer.address);
  const tries = (known?.tries ?? 0) + 1;
  const intervalsMax = isCutOff(turn.state) ? patience.isolated : patience.usual;
  const standing = known === undefined || known.standing === "same" ? "untested" : known.standing;
  remember(turn, {
    peer,
    standing,
    askAt: turn.at + backoffMs(turn, tries, intervalsMax),
    tries,
    seed: false,
  });
  sendIntroduce(turn, { _tag: "Introduce", through: peer, peer, others: [], hops: 0, tries: 0 });
}

/** To the first of them that can be asked. A walk that gets too long ends, and the next test goes on from there. */
function walk(turn: Turn, through: Peer, peers: ReadonlyArray<Peer>, hops: number): void {
  const first = peers.findIndex((other) => usable(turn.state, other, turn.at));
  const peer = peers[first];
  if (peer === undefined) return;
  const others = peers.slice(first + 1);
  if (hops < turn.state.config.limits.hopsMax)
    sendIntroduce(turn, { _tag: "Introduce", through, peer, others, hops, tries: 0 });
  else if (recall(turn.state, peer.address) === undefined)
    remember(turn, { peer, standing: "untested", askAt: turn.at, tries: 0, seed: false });
}

function sendIntroduce(turn: Turn, purpose: IntroducePurpose): boolean {
  const { address } = purpose.peer;
  const timeoutMs = answerTimeoutMs(turn.state.config, roundTripMs(turn.state, address));
  const rid = expect(turn, address, turn.at + timeoutMs, purpose);
  if (rid !== null) send(turn, address, { _tag: "Introduce", rid });
  return rid !== null;
}

/** Fingers alone: what was merely seen once may be of any ring. */
function precedingFinger(state: NodeState, place: Peer): Peer | null {
  let best: Peer | null = null;
  for (const { peer } of state.pointers.fingers) {
    if (between((best ?? state.self).id, peer.id, place.id)) best = peer;
  }
  return best;
}
