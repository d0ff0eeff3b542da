import type { Millis, Resolved } from "../message.js";
import type { Address, Peer } from "../peer.js";
import type { Lookup, Request } from "../request.js";
import type { Turn } from "../turn.js";
import { send } from "../turn.js";
import { awaitAnswer, excludedMax, rest, settle, traced } from "./lookup-ends.js";
import { wayTo } from "./unconfirmed.js";

/**
 * Lookups where nodes confirm nothing: somebody nearer is asked to look it up, and whoever it names is asked whether
 * that is so.
 */

const none: ReadonlyArray<never> = [];

/** Somebody says who owns the key. For the application that is verified; to others it is passed on as it was told. */
export function onTold(turn: Turn, from: Peer, told: Resolved, request: Request, lookup: Lookup): void {
  const { owner } = told;
  const hops = lookup.hops + told.hops;
  const so = { ...lookup, hops, trace: traced(turn, lookup, request, from) };
  if (lookup.beneficiary._tag !== "Application") settleUnconfirmed(turn, so, owner);
  else verify(turn, so, owner);
}

/**
 * Somebody says that this node owns the key, but it does not: then its predecessor does, or one before that; else
 * nobody. So the predecessor is asked, and not whoever this node takes for nearer.
 */
function passBack(turn: Turn, lookup: Lookup): void {
  const { predecessor } = turn.state.pointers;
  if (predecessor === null) rest(turn, lookup, "unclaimed");
  else verify(turn, lookup, predecessor, turn.state.self);
}

/** Has somebody nearer look it up. */
export function delegate(turn: Turn, lookup: Lookup): void {
  const { target, excluded, beneficiary } = lookup;
  const way = excluded.length < excludedMax ? wayTo(turn.state, target, excluded) : null;
  const fresh = { ...lookup, hops: 0, trace: none };
  if (way === null) rest(turn, lookup, lookup.attempts === 0 ? "no-route" : lookup.trouble);
  else if (way._tag === "Ask") {
    const waitMs = delegatedMs(turn, lookup);
    const rid = awaitAnswer(turn, way.peer.address, turn.at + waitMs, {
      ...fresh,
      hops: 1,
      candidates: none,
    });
    if (rid === null) return;
    const trace = lookup.mode === "iterative";
    send(turn, way.peer.address, { _tag: "Query", rid, target, timeoutMs: waitMs, trace });
  } else if (beneficiary._tag === "Application") verify(turn, fresh, way.peer);
  else settleUnconfirmed(turn, fresh, way.peer);
}

/**
 * Whoever is said to own the key is asked whether that is so: it may be dead, or another may have come before it. It
 * answers with what its predecessor leaves it, or names that.
 */
export function verify(turn: Turn, lookup: Lookup, owner: Peer, behind: Peer | null = null): void {
  if (owner.id === turn.state.self.id) {
    passBack(turn, lookup);
    return;
  }
  const told = behind === null ? [owner] : [owner, behind];
  const candidates = told.map((peer) => ({ peer, why: "told" }) as const);
  const until = turn.at + delegatedMs(turn, lookup);
  const rid = awaitAnswer(turn, owner.address, until, { ...lookup, hops: lookup.hops + 1, candidates });
  if (rid !== null) send(turn, owner.address, { _tag: "Route", rid, target: lookup.target });
}

/** Others may have to ask others: an interval, and longer each time. */
function delegatedMs({ state }: Turn, { attempts }: Lookup): Millis {
  return Math.floor(state.config.ring.intervalMs * (1 + attempts));
}

/** Who was asked is not there, or can't help: what is to be attempted next; null: it was settled, or rests. */
export function afterSetback(turn: Turn, lookup: Lookup, asked: Address): Lookup | null {
  const { trouble } = lookup;
  const attempts = lookup.attempts + 1;
  const [named, behind] = lookup.candidates;
  // Who was asked is dead, and was named as its predecessor by one who answered: what it had is that one's.
  if (behind !== undefined && trouble === "refused") settleUnconfirmed(turn, lookup, behind.peer);
  // Who was named is not there, and nobody knows better for a while.
  else if (named !== undefined) rest(turn, { ...lookup, attempts }, trouble);
  // Who was to name somebody: there are others.
  else return { ...lookup, attempts, excluded: [...lookup.excluded, asked] };
  return null;
}

/** By somebody's word: it says nothing of a lease. */
export function settleUnconfirmed(turn: Turn, { beneficiary, hops, mode, trace }: Lookup, peer: Peer): void {
  const unknown = { epoch: 0, length: 0n, leaseMs: 0, confirmed: false };
  const told = mode === "iterative" ? trace : none;
  settle(turn, beneficiary, { _tag: "Owner", peer, ...unknown, hops, trace: told });
}
