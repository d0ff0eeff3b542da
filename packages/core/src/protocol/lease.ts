import type { Ask, Millis, Token, Verdict } from "../message.js";
import { confirmed, leased, needsNoHeir, processHoldsRing, within } from "../ownership.js";
import type { Peer } from "../peer.js";
import { sameProcess } from "../peer.js";
import type { AskPurpose, Request } from "../request.js";
import type { NodeState } from "../state.js";
import type { Turn } from "../turn.js";
import { nextEpoch, ownOwnership, setOwnership } from "../turn.js";
import { completeSplit, waitSoon } from "./hand.js";
import { settleMembership } from "./membership.js";
import { restartWaits } from "./takeover.js";

/**
 * Leases. A node claims its range only while its heir, the node whose token begins where this one's ends, has promised
 * to wait. The heir promises nothing to anybody else: the tokens tile the ring, and so two nodes can't both be served.
 */

/**
 * The heir's answer arrived: it knows the token as it was reported. The lease runs from when it was asked for, so that
 * no clock need agree with another; a lease of nothing only acknowledges.
 */
export function acceptGrant(turn: Turn, leaseMs: Millis, request: Request, purpose: AskPurpose): void {
  const { ownership, config } = turn.state;
  const { token, split } = ownership;
  if (token === null || purpose.token === null || purpose.term !== ownership.term) return;
  if (ownership.handingOver || needsNoHeir(ownership)) return;
  const running = leased(ownership, turn.at);
  const granted = request.sentAt + Math.min(leaseMs, config.ring.leaseMs);
  const regained = !running && granted > turn.at;
  const knowsSplit = split !== null && purpose.token.epoch === split.rest.epoch;
  const isKnown = !knowsSplit && (running || regained || countsAlone(turn.state));
  const next = ownOwnership(turn);
  if (running) next.leaseUntil = Math.max(ownership.leaseUntil, granted);
  else if (regained) next.leaseUntil = granted;
  if (isKnown) next.acknowledged = within(token, later(purpose.token, ownership.acknowledged));
  if (regained) next.circle = null;
  // The first lease of a token that was handed anew, and empty, says nothing of what lies beneath it.
  const first = token.length === 0n && turn.at < ownership.leaseUntil + config.ring.intervalMs;
  if (regained && !first) restartWaits(turn);
  if (!running && !regained) return;
  if (knowsSplit) completeSplit(turn);
  settleMembership(turn);
}

/**
 * Whether an acknowledgement counts that comes without a lease. Not before the first lease of a token that was handed
 * over: whoever handed it may have had none itself, and its own heir, who knows nothing of this node, takes all of that
 * range when it is silent. Where nobody is elsewhere, nobody can.
 */
function countsAlone(state: NodeState): boolean {
  return state.ownership.acknowledged !== null || processHoldsRing(state);
}

function later(a: Token, b: Token | null): Token {
  return b === null || a.epoch > b.epoch ? a : b;
}

/**
 * The report was noted. One from this node's own process is as good as lost until a node elsewhere knows it, too, as
 * both die together: it is passed on, with a new epoch of this node's token, and acknowledged only when that one is.
 */
export function acknowledge(turn: Turn, from: Peer, news: boolean): Verdict {
  const { self, ownership } = turn.state;
  if (ownership.token === null || !sameProcess(from.address, self.address) || processHoldsRing(turn.state))
    return grant(turn);
  if (news) {
    setOwnership(turn, { token: { ...ownership.token, epoch: nextEpoch(turn) } });
    turn.askWanted = true;
  }
  return confirmed(turn.state.ownership) ? grant(turn) : waitSoon;
}

/**
 * A lease, at most as long as one's own has left and an interval: so one lapse does not bring down the whole ring, and
 * a chain of grants without a lease behind it stays bounded. Nothing while one's own heir does not know one's token:
 * two that both have just grown, and are each other's heirs, acknowledge first and grant then. Who has been without a
 * lease for longer does not even acknowledge: its range, and with it the asker, may be another's by now.
 */
function grant(turn: Turn): Verdict {
  const { ownership, config } = turn.state;
  const restMs = ownership.leaseUntil - turn.at + config.ring.intervalMs;
  if (restMs <= 0) return waitSoon;
  const leaseMs = confirmed(ownership) ? Math.floor(Math.min(config.ring.leaseMs, restMs)) : 0;
  return { _tag: "Granted", leaseMs };
}

/** The asker's token and ours together are no more than the ring. */
export function fits(state: NodeState, ask: Ask): boolean {
  const own = state.ownership.token;
  return own !== null && ask.token !== null && ask.token.length + own.length <= state.config.space.size;
}
