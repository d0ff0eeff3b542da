import type { RangeReason } from "../effect.js";
import type { Before } from "../holding.js";
import { distance, inRange } from "../identifier.js";
import type { Millis } from "../message.js";
import { leased, needsNoHeir } from "../ownership.js";
import type { Peer } from "../peer.js";
import type { Request } from "../request.js";
import type { NodeState } from "../state.js";
import { deadSince, usable } from "../state.js";
import type { Turn } from "../turn.js";
import { nextEpoch, setOwnership } from "../turn.js";
import { isAlone, isCutOff, isElsewhere } from "./alone.js";
import { longPatienceMs, patienceMs, splitPatienceMs } from "./durations.js";
import { bar, isBarred } from "./failure.js";
import { undoSplit } from "./hand.js";
import { settleMembership } from "./membership.js";
import { pointed } from "./memory.js";
import { samePeer } from "./pointers.js";
import { outnumbers } from "./quorum.js";
import { depth, inherited, revised, wasInherited } from "./reports.js";

/**
 * What becomes of ranges whose holders are gone. A dead node's range goes to its heir; a silent one's when every lease
 * on it must have run out. Whatever is taken is claimed only after one's own heir knows of it.
 */

/** Does what is due: takes what may be taken by now, gives up what was promised to nobody. */
export function tendOwnership(turn: Turn): void {
  const { split } = turn.state.ownership;
  if (split !== null && turn.at >= split.since + splitPatienceMs(turn.state.config.ring)) undoSplit(turn);
  for (let taken = 0; taken <= depth(turn.state); taken++) {
    const { before, token, handingOver } = turn.state.ownership;
    if (token === null || handingOver || turn.state.ownership.split !== null) return;
    if (before === null) break;
    if (turn.at < takeoverAt(turn.state, before, turn.at)) return;
    const { handed, peer } = before.report;
    if (mayBeElsewhere(turn, before) && !outnumbers(turn.state, before.lastAt)) return;
    if (wouldBeAlone(turn.state, before) && !mayTakeAll(turn.state, before, turn.at)) return;
    if (handed && !wasInherited(before) && deadSince(turn.state, peer) === null) bar(turn, peer);
    takeOver(turn, before, "failure");
  }
  tendGap(turn);
}

/**
 * Whether others may see its holder, which is silent here: it is of another process, not dead, and not one that said it
 * is no member. (One that this node barred, but that another has admitted since, may be a member.)
 */
function mayBeElsewhere(turn: Turn, before: Before): boolean {
  const { peer, handed } = before.report;
  if (handed && !wasInherited(before) && isBarred(turn, peer)) return false;
  return isElsewhere(turn.state, peer) && deadSince(turn.state, peer) === null;
}

/**
 * A peer that was handed a range, and had long enough to take it, says that it is no member. So it is not silent, and
 * its range may be taken back even if this node sees too few members: the peer may be the one that it lacks.
 */
export function tellUntaken(turn: Turn, peer: Peer, { sentAt: askedAt, purpose }: Request): void {
  const { before } = turn.state.ownership;
  // A member that is stranded refuses leases in the same words.
  if (before === null || wasInherited(before) || purpose._tag === "Ask") return;
  if (!before.report.handed || !samePeer(before.report.peer, peer)) return;
  if (askedAt >= before.lastAt + patienceMs(turn.state.config.ring) && !outnumbers(turn.state, before.lastAt))
    bar(turn, peer);
}

/** When `tendOwnership` has something to do next; `Infinity`: nothing is waited for. */
export function ownershipDeadline(state: NodeState, at: Millis): Millis {
  const { before, split, token, leaseUntil, quorumUntil } = state.ownership;
  let due = leaseUntil > at ? leaseUntil : Number.POSITIVE_INFINITY;
  if (quorumUntil > at) due = Math.min(due, quorumUntil);
  if (split !== null) due = Math.min(due, split.since + splitPatienceMs(state.config.ring));
  if (token === null || needsNoHeir(state.ownership)) return due;
  const then = before === null ? gapEnds(state, at) : takeoverAt(state, before, at);
  return then > at ? Math.min(due, then) : due;
}

/** The holder of what lies beneath is gone: its token and ours are one. */
export function takeOver(turn: Turn, before: Before, reason: RangeReason): void {
  const { ownership, config } = turn.state;
  const { token } = ownership;
  if (token === null) return;
  const epoch = nextEpoch(turn, Math.max(token.epoch, before.report.token.epoch));
  const length = token.length + before.report.token.length;
  const cause = { reason, peer: before.report.peer };
  turn.askWanted = true;
  if (length >= config.space.size) {
    ownAll(turn, epoch, cause);
    return;
  }
  // The next one beneath was served by the one who is gone, perhaps until its end; and may itself have served others
  // since, of whom nobody here has heard.
  const ended = deadSince(turn.state, before.report.peer) ?? turn.at;
  const next = inherited(before.beneath, turn.at + config.ring.intervalMs, ended + patienceMs(config.ring));
  setOwnership(turn, { token: { epoch, length }, before: next, gapSince: turn.at, cause });
}

/** Nobody else is left: the whole ring is this node's, and there is no heir to ask. */
export function ownAll(turn: Turn, epoch: number, cause: NodeState["ownership"]["cause"]): void {
  const whole = { epoch, length: turn.state.config.space.size };
  setOwnership(turn, {
    token: whole,
    acknowledged: whole,
    leaseUntil: Number.POSITIVE_INFINITY,
    before: null,
    split: null,
    circle: null,
    cause,
  });
  settleMembership(turn);
}

/** After a pause of one's own, nobody else's silence counts so far. */
export function restartWaits(turn: Turn): void {
  const { before, split } = turn.state.ownership;
  setOwnership(turn, {
    before: before === null ? null : revised(before, { lastAt: Math.max(before.lastAt, turn.at) }),
    split: split === null ? null : { ...split, since: turn.at },
    gapSince: turn.at,
  });
}

/**
 * When what lies beneath may be taken. A leased heir waits until the dead one's grants have run out, or not at all
 * where there were none unseen. One without a lease may itself have lost its range to its own heir, and what lies
 * beneath with it: it waits as long as that could be, unless nobody is left that could have it.
 *
 * | this node | the holder is | known by | taken |
 * | --- | --- | --- | --- |
 * | leased, or alone | dead | its own word, or this node's act | at its death; W later if heard after the lease |
 * | leased, or alone | dead | another's word | L' after its death, W where it hides others; not before `notBefore` |
 * | leased | silent | whomever | L' after it was last heard |
 * | without a lease | dead, and others are left | whomever | W after this lease, and what hung on it |
 * | without a lease | silent, or held all the rest | whomever | W after it was last heard, or died |
 */
function takeoverAt(state: NodeState, before: Before, at: Millis): Millis {
  const { ring } = state.config;
  const lease = leased(state.ownership, at);
  const since = deadSince(state, before.report.peer);
  if (since !== null && (lease || isAlone(state, at))) {
    // Not heard since this node was stopped: it may have taken this node's range first, and admitted others to it.
    if (!wasInherited(before))
      return before.lastAt > state.ownership.leaseUntil ? since + longPatienceMs(ring) : since;
    // What is known of it by another's word may be old: whom it admitted since then it served until it died.
    return Math.max(
      before.notBefore,
      since + (hides(state, before, since) ? longPatienceMs : patienceMs)(ring),
    );
  }
  if (lease) return before.lastAt + patienceMs(ring);
  // Whatever the dead beneath may have granted ends soon after this node's own lease, on which theirs hung.
  const ended = since !== null && !wouldBeAlone(state, before);
  const { leaseUntil, hungUntil } = state.ownership;
  if (ended) return Math.max(leaseUntil, hungUntil) + longPatienceMs(ring);
  // Until it died it may have been served by others, and have admitted any.
  return Math.max(before.lastAt, since ?? before.lastAt) + longPatienceMs(ring);
}

/**
 * Somebody outlived the holder of a range known by another's word inside that range: admitted there unseen, it may have
 * admitted and served others in its turn. Whether it still lives does not matter: they may.
 */
function hides(state: NodeState, { report }: Before, died: Millis): boolean {
  const inside = (peer: Peer): boolean =>
    peer.id !== report.peer.id && inRange(state.config.space, peer.id, report.peer.id, report.token.length);
  const known = [...pointed(state).values(), ...state.remembered.map(({ peer }) => peer)];
  return known.some((peer) => inside(peer) && (deadSince(state, peer) ?? Number.POSITIVE_INFINITY) > died);
}

/**
 * When nobody can hold any more what ends where this node's token begins, if nobody is known to. An empty token that
 * was handed anew has first to be taken as it is, for a lease.
 */
function gapEnds({ ownership, config }: NodeState, at: Millis): Millis {
  const { token, gapSince, leaseUntil } = ownership;
  const untaken = token?.length === 0n && !leased(ownership, at);
  return (untaken ? Math.max(gapSince, leaseUntil) : gapSince) + longPatienceMs(config.ring);
}

/** Nobody is known to hold what ends where this node's token begins: it is filled in the end. */
function tendGap(turn: Turn): void {
  const { ownership, pointers, config, self } = turn.state;
  const { token } = ownership;
  if (token === null || needsNoHeir(ownership) || turn.at < gapEnds(turn.state, turn.at)) return;
  const neighbour = pointers.predecessor;
  if (neighbour !== null && usable(turn.state, neighbour, turn.at)) {
    const length = distance(config.space, neighbour.id, self.id);
    if (length <= token.length) return;
    const epoch = nextEpoch(turn, token.epoch);
    setOwnership(turn, { token: { epoch, length }, gapSince: turn.at, cause: { reason: "gap", peer: null } });
    turn.askWanted = true;
  } else if (turn.state.siblingsHold === 0n && isAlone(turn.state, turn.at)) {
    ownAll(turn, nextEpoch(turn, token.epoch), { reason: "gap", peer: null });
  }
}

/** Whether taking this range would leave nobody outside of this node's own process. */
export function wouldBeAlone(state: NodeState, before: Before): boolean {
  const { ownership, siblingsHold, config } = state;
  const { report } = before;
  const { token, leaseUntil } = ownership;
  // It was handed on under a lease and never taken, so nobody was leased it. Who slept since may have missed that it
  // was taken; and who had no lease may have handed on what was not its own.
  if (report.handed && !wasInherited(before) && before.lastAt <= leaseUntil) return false;
  if (token === null || !isElsewhere(state, report.peer)) return false;
  return token.length + siblingsHold + report.token.length >= config.space.size;
}

/** Whether the last range elsewhere may be taken: nobody is left at all, or somebody is, but not the range's holder. */
function mayTakeAll(state: NodeState, before: Before, at: Millis): boolean {
  return isCutOff(state) ? isAlone(state, at) : deadSince(state, before.report.peer) !== null;
}
