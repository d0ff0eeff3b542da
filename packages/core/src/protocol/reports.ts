import type { Before, Beyond } from "../holding.js";
import { inRange } from "../identifier.js";
import type { Millis, Report, Token } from "../message.js";
import { messageLimits } from "../message.js";
import type { Peer } from "../peer.js";
import type { NodeState } from "../state.js";
import { samePeer } from "./pointers.js";

/** What a node reports of its own token and of those that lie beneath it, so that its heir can take over from it. */

/**
 * What the heir is to know: while a part is promised to a newcomer, already without it. So the heir knows before it
 * happens, and nothing is handed on unseen.
 */
export function reportedToken(state: NodeState): Token | null {
  return state.ownership.split?.rest ?? state.ownership.token;
}

/** All that is known of what lies beneath, nearest first. */
export function chainOf(before: Before | null): ReadonlyArray<Report> {
  return before === null ? [] : [before.report, ...before.beneath];
}

/** The tokens that end where the reported one begins, nearest first. */
export function reportedBeneath(state: NodeState): ReadonlyArray<Report> {
  const { before, split } = state.ownership;
  const chain = chainOf(before);
  if (split === null) return chain.length <= depth(state) ? chain : chain.slice(0, depth(state));
  const promised: Report = { peer: split.peer, token: split.token, handed: true };
  return [promised, ...lieBeneath(state, split.beyond, chain)].slice(0, depth(state));
}

/**
 * The chain beneath a part that was handed on, out of the `chain` beneath the whole. What lies `beyond` the part comes
 * first; where nobody knows who holds that, nobody knows what is beneath it.
 */
export function lieBeneath(
  state: NodeState,
  beyond: Beyond | null,
  chain: ReadonlyArray<Report>,
): ReadonlyArray<Report> {
  const known = beyond === null ? chain : beyond.length === 0 ? [] : [...beyond, ...chain];
  return known.slice(0, depth(state));
}

/**
 * What a neighbour tells of those beneath it, cut off where the chain comes round to this node itself, as it does in a
 * small ring: what follows lies beneath this node, and not beneath the last one before it. It is also cut off at a
 * token in which this node lies: that is an old one, or one of another ring.
 */
export function upToSelf({ self, config }: NodeState, chain: ReadonlyArray<Report>): ReadonlyArray<Report> {
  const { space } = config;
  const round = chain.findIndex(
    ({ peer, token }) => peer.id === self.id || inRange(space, self.id, peer.id, token.length),
  );
  return round < 0 ? chain : chain.slice(0, round);
}

/** How deep a chain of reports goes: as many neighbours may die at once as the successor list survives. */
export function depth(state: NodeState): number {
  return Math.min(messageLimits.reportsMax, Math.max(1, state.config.ring.successors - 1));
}

/** Whether the second says of the same node that it holds the same. */
export function sameReport(a: Report, b: Report | undefined): boolean {
  if (b === undefined || !samePeer(a.peer, b.peer)) return false;
  return a.token.epoch === b.token.epoch && a.token.length === b.token.length;
}

/**
 * What lies beneath, as its holder has just told, with a lease or without. `known`: what was known of it before. If
 * this node handed the holder its range, that counts as its own act (`knownSince`) until the holder tells with a lease.
 */
export function noted(
  report: Report,
  beneath: ReadonlyArray<Report>,
  at: Millis,
  known: Before | null,
  isLeased: boolean,
): Before {
  const since = known?.knownSince ?? Number.POSITIVE_INFINITY;
  const endsHere = isLeased && since === Number.NEGATIVE_INFINITY;
  const knownSince = endsHere || since === Number.POSITIVE_INFINITY ? at : since;
  const refused = known?.refused ?? 0;
  return { report, beneath, lastAt: at, notBefore: Number.NEGATIVE_INFINITY, knownSince, refused };
}

/** What lies beneath, as this node has just handed it on. */
export function handed(peer: Peer, token: Token, beneath: ReadonlyArray<Report>, at: Millis): Before {
  const report = { peer, token, handed: true };
  const never = Number.NEGATIVE_INFINITY;
  return { report, beneath, lastAt: at, notBefore: never, knownSince: never, refused: 0 };
}

/** The same, but for what has changed. Written out: all are of one shape, as they are looked at with most messages. */
export function revised(before: Before, change: Partial<Before>): Before {
  return {
    report: change.report ?? before.report,
    beneath: change.beneath ?? before.beneath,
    lastAt: change.lastAt ?? before.lastAt,
    notBefore: change.notBefore ?? before.notBefore,
    knownSince: change.knownSince ?? before.knownSince,
    refused: change.refused ?? before.refused,
  };
}

/** What lies beneath, by the word of another, who served its holder until now. Null: nobody knows. */
export function inherited(chain: ReadonlyArray<Report>, lastAt: Millis, notBefore: Millis): Before | null {
  const [report, ...beneath] = chain;
  const knownSince = Number.POSITIVE_INFINITY;
  return report === undefined ? null : { report, beneath, lastAt, notBefore, knownSince, refused: 0 };
}

/** Whether all that is known of it is another's word. */
export function wasInherited(before: Before): boolean {
  return before.knownSince === Number.POSITIVE_INFINITY;
}

/** For how long its holder has been known here by its own word, or this node's act. */
export function knownMs(before: Before, at: Millis): Millis {
  return Math.max(0, at - before.knownSince);
}
