import type { Before, Beyond } from "../holding.js";
import { distance } from "../identifier.js";
import type { Ask, Millis, Report, Token, Verdict } from "../message.js";
import { confirmed, holdsWholeRing, leased, tokenStart, within } from "../ownership.js";
import type { Peer } from "../peer.js";
import type { AskPurpose } from "../request.js";
import type { Joining } from "../state.js";
import type { Turn } from "../turn.js";
import { nextEpoch, own, ownTimers, send, setOwnership, setPointers } from "../turn.js";
import { outlastMs } from "./durations.js";
import { isBarred, ping } from "./failure.js";
import { samePeer } from "./pointers.js";
import {
  chainOf,
  handed,
  inherited,
  lieBeneath,
  reportedToken,
  revised,
  sameReport,
  wasInherited,
} from "./reports.js";

/**
 * A join is a split. The node that holds the newcomer's id first tells its own heir what will be left to it, and
 * only when that is acknowledged hands over the part up to the newcomer's id. So at no moment can two heirs
 * remember the same part.
 */

/** A token that changes hands, and the tokens beneath it. */
type Hand = Pick<Extract<Verdict, { readonly _tag: "Handed" }>, "token" | "beneath">;

export const wait: Verdict = { _tag: "Wait", soon: false };

export const waitSoon: Verdict = { _tag: "Wait", soon: true };

/**
 * The asker's id lies inside this node's token. Null: it will be answered when the heir knows. A node without a lease
 * hands over at once: nothing can be claimed through it until it has a lease, and for that its heir must know. But not
 * to one that somebody else serves.
 */
export function beginSplit(turn: Turn, newcomer: Peer, ask: Ask): Verdict | null {
  const { ownership, config, self } = turn.state;
  const { token, split } = ownership;
  if (token === null || turn.state.phase._tag !== "Member") return waitSoon;
  if (isBarred(turn, newcomer)) return wait;
  const outage = !leased(ownership, turn.at);
  if (outage && isServed(turn, ask)) return waitSoon;
  if (!outage && !confirmed(ownership)) return waitSoon;
  if (split !== null) {
    if (!samePeer(split.peer, newcomer)) return waitSoon;
    setOwnership(turn, { split: { ...split, rid: ask.rid } });
    return null;
  }
  const whole: Token = {
    epoch: nextEpoch(turn, ask.token?.epoch),
    length: holdsWholeRing(turn.state)
      ? distance(config.space, self.id, newcomer.id)
      : distance(config.space, tokenStart(turn.state, token), newcomer.id),
  };
  const rest: Token = { epoch: nextEpoch(turn), length: distance(config.space, newcomer.id, self.id) };
  const reason = isServed(turn, ask) ? "merge" : "join";
  const part = share(whole, ask, knowsBetter(turn, ask));
  setOwnership(turn, { split: { peer: newcomer, ...part, rest, rid: ask.rid, since: turn.at, reason } });
  if (holdsWholeRing(turn.state) || outage) completeSplit(turn);
  else turn.askWanted = true;
  return null;
}

/** The heir knows what is left: now the part changes hands. */
export function completeSplit(turn: Turn): void {
  const { ownership, self, config, pointers } = turn.state;
  const { split, before } = ownership;
  if (split === null) return;
  const alone = holdsWholeRing(turn.state);
  const mine: Report = { peer: self, token: split.rest, handed: false };
  const under = alone ? [mine] : chainOf(before);
  const beneath = lieBeneath(turn.state, split.beyond, under);
  setOwnership(turn, {
    token: split.rest,
    acknowledged: leased(ownership, turn.at) ? split.rest : within(split.rest, ownership.acknowledged),
    leaseUntil: Math.min(ownership.leaseUntil, turn.at + config.ring.leaseMs),
    before: handed(
      split.peer,
      split.token,
      beneath.filter(({ peer }) => peer.id !== self.id),
      turn.at,
    ),
    split: null,
    cause: { reason: split.reason, peer: split.peer },
  });
  const verdict: Verdict = { _tag: "Handed", token: split.token, beneath };
  const { predecessor, successors } = pointers;
  send(turn, split.peer.address, { _tag: "Answer", rid: split.rid, verdict, predecessor, successors });
  // It may know of others, though it took all: the newcomer is not yet one to count on alone.
  if (alone && pointers.successors.length === 0) {
    setPointers(turn, { successors: [split.peer], predecessor: split.peer, predecessorHeardAt: turn.at });
  }
}

/** The heir never acknowledged in time: the whole is ours as before, under a later epoch than what was promised. */
export function undoSplit(turn: Turn): void {
  const { token } = turn.state.ownership;
  if (token === null) return;
  setOwnership(turn, { split: null, token: { epoch: nextEpoch(turn), length: token.length } });
  turn.askWanted = true;
}

/**
 * What was handed over was not taken, or the answer was lost: the same again. Where the asker has come farther than
 * that under another token, it is handed anew: no key may go back to an earlier epoch.
 */
export function repeatHand(turn: Turn, before: Before, ask: Ask): Verdict {
  const { report } = before;
  const asked = ask.token;
  const epoch =
    asked === null || asked.epoch < report.token.epoch ? report.token.epoch : nextEpoch(turn, asked.epoch);
  const { token, beyond } = share(
    { epoch, length: report.token.length },
    ask,
    wasInherited(before) || knowsBetter(turn, ask),
  );
  const beneath = lieBeneath(turn.state, beyond, before.beneath);
  // Silence about it counts from when it was first handed: who asks for ever and never takes it holds up the whole
  // ring.
  setOwnership(turn, { before: revised(before, { report: { ...report, token }, beneath }) });
  return { _tag: "Handed", token, beneath };
}

/**
 * What of a hand the asker gets. If the asker knows better than this node what the asker holds, it gets no more than
 * that, under an epoch above both. The rest goes on to the node that lies beneath the asker, as the asker says. So
 * rings that meet tile the circle again by shrinking alone, and no key is held under an epoch that another owner's
 * answers have passed. And a node that slept gives nobody what was its own once and is another's by now; nor does a
 * node that it gave a part to.
 */
function share(
  hand: Token,
  ask: Ask,
  isKnownBetter: boolean,
): { readonly token: Token; readonly beyond: Beyond | null } {
  const own = ask.token;
  if (own === null || hand.length <= own.length || !isKnownBetter) return { token: hand, beyond: null };
  const rest: Token = { epoch: hand.epoch, length: hand.length - own.length };
  const beyond = ask.beneath.slice(0, 1).map(({ peer }) => ({ peer, token: rest, handed: true }));
  return { token: { epoch: hand.epoch, length: own.length }, beyond };
}

/** The asker's lease ended when this node's did, or later, or runs: in another ring, or while this node slept. */
function knowsBetter({ state, at }: Turn, ask: Ask): boolean {
  const { ownership } = state;
  return ask.unleasedMs <= (leased(ownership, at) ? 0 : at - ownership.leaseUntil);
}

/**
 * Whether the asker has a lease on a range, or had one or was handed the range within an interval: somebody else serves
 * it, or is about to. A node without a lease has nothing better for it.
 */
export function isServed(turn: Turn, ask: Ask): boolean {
  return ask.token !== null && ask.unleasedMs <= turn.state.config.ring.intervalMs;
}

/** This node was given a token. It replaces whatever it held; it claims nothing until a lease for it came. */
export function acceptHand(
  turn: Turn,
  from: Peer,
  hand: Hand,
  purpose: AskPurpose,
  askedAt: Millis,
): boolean {
  const { ownership, phase } = turn.state;
  if (purpose.term !== ownership.term || ownership.handingOver || phase._tag === "Gone") return false;
  // What was said of a later token is still on its way, and would be believed after the hand was taken.
  const reported = reportedToken(turn.state);
  if (reported !== null && hand.token.epoch <= reported.epoch) return false;
  if (leased(ownership, turn.at)) return takeShare(turn, hand, askedAt);
  if (isAsBefore(turn, hand)) return renew(turn, hand);
  if (mayHaveGranted(turn)) return false;
  const chain = beneathHand(turn, hand);
  nextEpoch(turn, hand.token.epoch);
  setOwnership(turn, {
    token: hand.token,
    acknowledged: null,
    leaseUntil: turn.at,
    term: ownership.term + 1,
    before: inherited(chain, turn.at, turn.at + turn.state.config.ring.leaseMs),
    // What is handed to it anew, and empty, lies where its own range did: nobody can have been served there since its
    // lease.
    gapSince: hand.token.length === 0n ? Math.max(ownership.leaseUntil, ownership.gapSince) : turn.at,
    split: null,
    circle: null,
    handingOver: false,
    cause: { reason: "join", peer: from },
  });
  if (phase._tag === "Joining") becomeMember(turn, from, phase, chain[0]?.peer ?? null);
  turn.askWanted = true;
  return true;
}

/**
 * What lies beneath the hand: as the giver says. But if the node that lies there has told this node of a later epoch
 * than the giver knows, before the giver took this node's range, its own word counts: it has handed a part on. Not if
 * it says that it has more than the giver knows of: it can have that from this node only, which had nothing to give.
 */
function beneathHand({ state }: Turn, hand: Hand): ReadonlyArray<Report> {
  const told = hand.beneath.filter((report) => report.peer.id !== state.self.id);
  const [next] = told;
  const known = state.ownership.before;
  if (known === null || known.report.handed || next === undefined) return told;
  const { epoch, length } = known.report.token;
  const isLater = samePeer(known.report.peer, next.peer) && epoch > next.token.epoch;
  return isLater && length <= next.token.length ? [known.report, ...known.beneath] : told;
}

/**
 * The hand comes from another ring, and this node is leased in its own: it keeps what lies in both ranges, and goes on
 * claiming that under the lease that it has. What it gives up goes to the node that lies beneath, as the hand says. So
 * does a part that it has promised to a newcomer: the heir that should have acknowledged that may be its heir no
 * longer.
 */
function takeShare(turn: Turn, hand: Hand, askedAt: Millis): boolean {
  const { ownership, self, config } = turn.state;
  const { token, before } = ownership;
  if (token === null || hand.token.length > token.length) return false;
  nextEpoch(turn, Math.max(hand.token.epoch, token.epoch));
  const [next, ...others] = hand.beneath.filter((report) => report.peer.id !== self.id);
  const length = token.length - hand.token.length;
  const own = chainOf(before);
  const { leaseMs } = config.ring;
  const below = (chain: ReadonlyArray<Report>): Before | null => inherited(chain, turn.at, turn.at + leaseMs);
  const passedOn = (to: Report): Report => ({
    peer: to.peer,
    token: { epoch: nextEpoch(turn, to.token.epoch), length },
    handed: true,
  });
  const known =
    length === 0n && (next === undefined || (!next.handed && own[0]?.peer.address === next.peer.address));
  setOwnership(turn, {
    token: hand.token,
    acknowledged: within(hand.token, ownership.acknowledged),
    leaseUntil: Math.min(ownership.leaseUntil, askedAt + leaseMs),
    term: ownership.term + 1,
    before: known
      ? before
      : next === undefined
        ? null
        : below(length === 0n ? [next, ...others] : [passedOn(next), ...own]),
    gapSince: turn.at,
    split: null,
    circle: null,
    cause: { reason: "merge", peer: next?.peer ?? null },
  });
  turn.askWanted = true;
  return true;
}

/**
 * It is what this node holds, and the giver knows of who lies beneath what this node does, no more and no less. Where
 * it knows nothing, what this node handed on itself, and has waited for in vain for an interval, may be another's.
 */
function isAsBefore({ state, at }: Turn, hand: Hand): boolean {
  const { ownership, self, config } = state;
  if (hand.token.length !== ownership.token?.length) return false;
  const [next] = hand.beneath.filter(({ peer }) => peer.id !== self.id);
  const { before } = ownership;
  if (next !== undefined) return sameReport(next, before?.report);
  return before?.report.handed !== true || at <= before.lastAt + config.ring.intervalMs;
}

/**
 * The same range under a later epoch: whom it served it serves on. Where the giver names nobody beneath, another may
 * have held the range meanwhile, and served them: since now only they are known here by their own word.
 */
function renew(turn: Turn, { token, beneath }: Hand): boolean {
  const { ownership, self } = turn.state;
  const { term, before } = ownership;
  nextEpoch(turn, token.epoch);
  const isNamed = beneath.some(({ peer }) => peer.id !== self.id);
  setOwnership(turn, {
    token,
    acknowledged: null,
    term: term + 1,
    before: before === null ? null : servedOn(before, isNamed, turn.at),
    split: null,
    circle: null,
  });
  turn.askWanted = true;
  return true;
}

function servedOn(before: Before, isNamed: boolean, at: Millis): Before {
  const isOwnWord = Number.isFinite(before.knownSince);
  return revised(before, { lastAt: at, knownSince: isOwnWord && !isNamed ? at : before.knownSince });
}

/** Who lies beneath may still be leased by this node, and the hand knows nothing of it. */
function mayHaveGranted(turn: Turn): boolean {
  const { ownership, config } = turn.state;
  return ownership.before !== null && turn.at < ownership.leaseUntil + outlastMs(config.ring);
}

/**
 * The newcomer's pointers: its successor is who admitted it, its predecessor who lies beneath. Both hear of it at once.
 */
function becomeMember(turn: Turn, from: Peer, phase: Joining, predecessor: Peer | null): void {
  own(turn).phase = { _tag: "Member", settling: phase.operation };
  setPointers(turn, { successors: [from], predecessor, predecessorHeardAt: turn.at });
  const timers = ownTimers(turn);
  timers.stabilizeAt = turn.at + turn.state.config.ring.intervalMs;
  timers.fingersAt = turn.at;
  timers.fingerIndex = 0;
  timers.fingersRest = 0;
  if (predecessor !== null) ping(turn, predecessor);
}
