import type { Ownership } from "./holding.js";
import type { Distance, Id } from "./identifier.js";
import { inRange, rangeStart } from "./identifier.js";
import type { Millis, Token } from "./message.js";
import type { NodeState } from "./state.js";

/** Whether the lease runs at this time. */
export function leased(ownership: Ownership, at: Millis): boolean {
  return at < ownership.leaseUntil && !ownership.handingOver;
}

/** Whether there is no heir to ask: the whole ring is the node's own, or nodes confirm nothing. */
export function needsNoHeir({ leaseUntil }: Ownership): boolean {
  return leaseUntil === Number.POSITIVE_INFINITY;
}

/** Whether the heir knows the token as it is now. Until then nothing of it changes hands. */
export function confirmed(ownership: Ownership): boolean {
  return ownership.token !== null && ownership.acknowledged?.epoch === ownership.token.epoch;
}

/** Whether the token is the whole ring, so that there is nobody to be the heir. */
export function holdsWholeRing(state: NodeState): boolean {
  return state.ownership.token !== null && state.ownership.token.length === state.config.space.size;
}

/** Whether the virtual nodes of this one's process hold the whole ring between them: nobody is elsewhere. */
export function processHoldsRing({ ownership, siblingsHold, config }: NodeState): boolean {
  return ownership.token !== null && ownership.token.length + siblingsHold === config.space.size;
}

/**
 * Whether this node is stranded: it can't reach its heir, has had no lease for an interval, and so serves nobody. Its
 * range goes to the heir, which from then on also serves the nodes beneath it. (If the heir is dead, the successor
 * knows that by then, and no longer names it.) A node that knows nobody else is not stranded: two such would turn each
 * other away for ever.
 */
export function isStranded(state: NodeState, at: Millis): boolean {
  const { ownership, pointers, config } = state;
  const since = pointers.successors.length > 0 ? pointers.heirUnreachableSince : null;
  return since !== null && at >= Math.max(since, ownership.leaseUntil) + config.ring.intervalMs;
}

/** A range that ends at the claimer's id, and how long it may be claimed without another word from the heir. */
export interface Claim {
  readonly token: Token;
  readonly leaseMs: Millis;
}

/**
 * What this node claims at this time, confirmed by its heir: the range of that length that ends at its id, and the rest
 * of the lease. Null: nothing; also where it sees too few members. Between steps, ask it of the node as `processAt`
 * shows it.
 */
export function claim(state: NodeState, at: Millis): Claim | null {
  const held = hold(state, at);
  return held === null || held.leaseMs === 0 ? null : held;
}

/** The token of `claim` alone: `known` itself, if it is the same, since this is asked after every change. */
export function claimedToken(state: NodeState, at: Millis, known: Token | null): Token | null {
  const own = state.ownership;
  const length = claimedLength(own);
  if (own.acknowledged === null || length === 0n || !leased(own, at) || at >= claimUntil(own)) return null;
  const { epoch } = own.acknowledged;
  return known !== null && known.epoch === epoch && known.length === length ? known : { epoch, length };
}

/**
 * Whether this node claims the key at this time. No message is needed to know. Between steps, ask it of the node as
 * `processAt` shows it.
 */
export function owns(state: NodeState, key: Id, at: Millis): boolean {
  const own = state.ownership;
  if (at >= own.quorumUntil || !leased(own, at)) return false;
  return inRange(state.config.space, key, state.self.id, claimedLength(own));
}

/**
 * The range that the key falls under, at this time, if it is this node's: newcomers are admitted there. With a lease of
 * nothing where it sees too few members to claim it. Null: it is not this node's.
 */
export function holdOf(state: NodeState, key: Id, at: Millis): Claim | null {
  const own = state.ownership;
  if (own.acknowledged === null || !leased(own, at)) return null;
  const length = claimedLength(own);
  if (!inRange(state.config.space, key, state.self.id, length)) return null;
  return { token: { epoch: own.acknowledged.epoch, length }, leaseMs: restOfLease(state, at) };
}

/** Until when the claim runs, if nothing is heard before. */
export function claimUntil({ leaseUntil, quorumUntil }: Ownership): Millis {
  return Math.min(leaseUntil, quorumUntil);
}

function hold(state: NodeState, at: Millis): Claim | null {
  const own = state.ownership;
  const length = claimedLength(own);
  if (own.acknowledged === null || length === 0n || !leased(own, at)) return null;
  return { token: { epoch: own.acknowledged.epoch, length }, leaseMs: restOfLease(state, at) };
}

/** Nothing where too few members are seen. */
function restOfLease({ ownership, config }: NodeState, at: Millis): Millis {
  return Math.max(0, Math.min(claimUntil(ownership) - at, config.ring.leaseMs));
}

/** What the heir acknowledged, as far as it is still held. */
function claimedLength({ token, acknowledged }: Ownership): Distance {
  if (token === null || acknowledged === null) return 0n;
  if (acknowledged.length > token.length) return token.length;
  return acknowledged.length;
}

/**
 * What the heir acknowledged, without what was handed on: it is another's under a later epoch, and does not come back
 * by that word.
 */
export function within(token: Token, acknowledged: Token | null): Token | null {
  if (acknowledged === null || acknowledged.length <= token.length) return acknowledged;
  return { epoch: acknowledged.epoch, length: token.length };
}

/** The point behind which the token begins. */
export function tokenStart(state: NodeState, token: Token): Id {
  return rangeStart(state.config.space, state.self.id, token.length);
}
