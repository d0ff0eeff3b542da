import type { LookupTrouble, Owner } from "../effect.js";
import type { Id } from "../identifier.js";
import { between, inRange } from "../identifier.js";
import type { Closer, Found, Millis, Unfound } from "../message.js";
import type { Claim } from "../ownership.js";
import { holdOf } from "../ownership.js";
import type { Address, Peer } from "../peer.js";
import * as pending from "../pending.js";
import type { Beneficiary, Candidate, Lookup, Request } from "../request.js";
import { forget } from "../routes.js";
import type { NodeState } from "../state.js";
import { isMember } from "../state.js";
import type { Turn } from "../turn.js";
import { fail, keepHints, noteHint, own, send, setPending } from "../turn.js";
import { afterSetback, delegate, settleUnconfirmed, verify } from "./delegate.js";
import { countedOn, ping } from "./failure.js";
import { awaitAnswer, excludedMax, giveUp, rest, settle, traced } from "./lookup-ends.js";
import { nextHop } from "./route.js";

/**
 * Lookups, as seen by who looks up; nobody else keeps anything of them. A lookup ends only with a node that says of
 * itself that it owns the key, while its lease runs; until then it is tried again, by other ways, within its deadline.
 */

const none: ReadonlyArray<never> = [];

export type LookupAsked = Pick<Lookup, "target" | "deadline" | "mode" | "beneficiary">;

/** Starts a lookup. What this node owns itself costs no message. */
export function lookUp(turn: Turn, asked: LookupAsked): void {
  if (!isMember(turn.state)) {
    giveUp(turn, asked.beneficiary, { _tag: "NotMember" });
    return;
  }
  attempt(turn, {
    _tag: "Lookup",
    target: asked.target,
    deadline: asked.deadline,
    startedAt: turn.at,
    mode: asked.mode,
    attempts: 0,
    hops: 0,
    excluded: none,
    candidates: none,
    trace: none,
    resting: false,
    trouble: "no-route",
    beneficiary: asked.beneficiary,
  });
}

/** Somebody says that it owns the key. It counts if it claims it, and if its lease still runs since we asked. */
export function onFound(turn: Turn, from: Peer, found: Found, request: Request, lookup: Lookup): void {
  const { space, dialect } = turn.state.config;
  if (!dialect.confirms) {
    const trace = traced(turn, lookup, request, from);
    settleUnconfirmed(turn, { ...lookup, trace }, from);
    return;
  }
  if (!inRange(space, lookup.target, from.id, found.token.length)) {
    rest(turn, lookup, "unclaimed");
    return;
  }
  if (!counts(found, lookup.beneficiary)) {
    rest(turn, lookup, "too-few-members");
    return;
  }
  if (found.leaseMs > 0 && turn.at >= request.sentAt + found.leaseMs) {
    rest(turn, lookup, "late-answer");
    return;
  }
  learnOwner(turn, from, found.token.length, turn.at - request.sentAt);
  const hops = request.to === null ? found.hops : lookup.hops;
  const trace = lookup.mode === "iterative" ? traced(turn, lookup, request, from) : none;
  const { epoch, length } = found.token;
  const leaseMs = found.leaseMs;
  const confirmed = true;
  settle(turn, lookup.beneficiary, {
    _tag: "Owner",
    peer: from,
    epoch,
    length,
    leaseMs,
    confirmed,
    hops,
    trace,
  });
}

/** A holder that sees too few members claims nothing: it can be pointed to, and joined. */
function counts({ leaseMs }: Pick<Claim, "leaseMs">, beneficiary: Beneficiary): boolean {
  if (leaseMs > 0 || beneficiary._tag === "Finger") return true;
  return beneficiary._tag === "Client" && beneficiary.joins;
}

/** A wandering lookup came to its end without an owner. */
export function onUnfound(turn: Turn, unfound: Unfound, lookup: Lookup): void {
  rest(turn, lookup, unfound.reason);
}

/** The node that was asked names others that are nearer. */
export function onCloser(turn: Turn, from: Peer, closer: Closer, request: Request, lookup: Lookup): void {
  const trace = traced(turn, lookup, request, from);
  const { limits, naming, dialect } = turn.state.config;
  const [named] = closer.peers;
  if (!dialect.confirms && named !== undefined && lookup.hops < limits.hopsMax) {
    verify(turn, { ...lookup, trace }, named.peer, from);
    return;
  }
  const asked = [...lookup.excluded, from.address];
  const progress = closer.peers
    .filter(({ peer }) => !asked.includes(peer.address) && peer.id === naming(peer.address))
    .filter((named) => isProgress(from.id, named, lookup.target))
    .map(({ peer }): Candidate => ({ peer, why: "told" }));
  if (lookup.hops >= limits.hopsMax) rest(turn, { ...lookup, trace }, "hops-exceeded");
  else if (progress.length === 0 && lookup.candidates.length === 0)
    rest(turn, { ...lookup, trace }, "unclaimed");
  else
    askNext(turn, {
      ...lookup,
      trace,
      excluded: asked,
      candidates: [...progress, ...lookup.candidates].slice(0, 8),
    });
}

/** Nothing came in time, or the one asked can't be reached or can't help: another way. */
export function onLookupSetback(
  turn: Turn,
  request: Request,
  lookup: Lookup,
  trouble: LookupTrouble,
  unsentTo: Address | null = null,
): void {
  if (turn.at >= lookup.deadline) {
    // That the deadline cut off an attempt says less than what was wrong with the attempt before.
    const cut = lookup.resting || (trouble === "timeout" && lookup.attempts > 0);
    const last = cut ? lookup.trouble : trouble;
    giveUp(turn, lookup.beneficiary, { _tag: "NoOwner", attempts: lookup.attempts, last });
    return;
  }
  if (lookup.resting) {
    // Somebody on the way may go by a stale memory for ever: what came to nothing twice goes each step itself.
    const mode = lookup.trouble === "unclaimed" && lookup.attempts > 0 ? "iterative" : lookup.mode;
    attempt(turn, { ...lookup, attempts: lookup.attempts + 1, excluded: [], resting: false, mode });
    return;
  }
  const failed = { ...lookup, trouble };
  if (!turn.state.config.dialect.confirms && request.to !== null) {
    const next = afterSetback(turn, failed, request.to);
    if (next !== null) attempt(turn, next);
    return;
  }
  if (request.to === null) {
    if (trouble === "timeout") forgetHint(turn, lookup);
    attempt(turn, {
      ...failed,
      attempts: lookup.attempts + 1,
      excluded: unsentTo === null ? lookup.excluded : [...lookup.excluded, unsentTo],
      mode: trouble === "timeout" ? "iterative" : lookup.mode,
    });
    return;
  }
  if (trouble === "timeout") unheard(turn, request.to);
  askNext(turn, { ...failed, excluded: [...lookup.excluded, request.to] });
}

/** What came of the hint that a lookup followed first is not known; it may be dead, and no one else would notice. */
function forgetHint(turn: Turn, { target, attempts, excluded }: Lookup): void {
  const hop = nextHop(turn.state, target, attempts === 0, excluded);
  if (hop?.why === "route") keepHints(turn, forget(turn.state.routes, hop.peer.address));
}

/** A pointer is asked whether it lives. A peer that is only a hint is forgotten. */
function unheard(turn: Turn, address: Address): void {
  const peer = countedOn(turn.state).find((other) => other.address === address);
  if (peer === undefined) keepHints(turn, forget(turn.state.routes, address));
  else ping(turn, peer);
}

/** The application no longer wants it. */
export function cancelLookup(turn: Turn, operation: number): boolean {
  for (const request of pending.entries(turn.state.pending)) {
    const { purpose } = request;
    if (purpose._tag !== "Lookup" || purpose.beneficiary._tag !== "Application") continue;
    if (purpose.beneficiary.operation !== operation) continue;
    setPending(turn, pending.remove(turn.state.pending, request.rid));
    fail(turn, operation, { _tag: "Cancelled" });
    return true;
  }
  return false;
}

function attempt(turn: Turn, lookup: Lookup): void {
  const own = holdOf(turn.state, lookup.target, turn.at);
  if (own !== null) {
    if (counts(own, lookup.beneficiary)) settleOwn(turn, lookup.beneficiary, own);
    else rest(turn, lookup, "too-few-members");
    return;
  }
  if (!turn.state.config.dialect.confirms) {
    delegate(turn, lookup);
    return;
  }
  const excluded = lookup.excluded.length < excludedMax ? lookup.excluded : null;
  const hop = excluded && nextHop(turn.state, lookup.target, lookup.attempts === 0, excluded);
  if (hop === null) {
    rest(turn, lookup, lookup.attempts === 0 ? "no-route" : "unclaimed");
    return;
  }
  if (lookup.mode === "iterative") {
    askNext(turn, { ...lookup, hops: 0, trace: [], candidates: [hop] });
    return;
  }
  const rid = awaitAnswer(turn, null, turn.at + timeoutMs(turn, lookup), lookup);
  if (rid === null) return;
  const { target } = lookup;
  send(turn, hop.peer.address, { _tag: "Find", rid, target, origin: turn.state.self, hops: 1 });
}

/** One step of an iterative lookup: the best candidate not yet tried. */
function askNext(turn: Turn, lookup: Lookup): void {
  const [next, ...others] = lookup.candidates.filter(({ peer }) => !lookup.excluded.includes(peer.address));
  const hop = next ?? (lookup.hops < 3 ? nextHop(turn.state, lookup.target, false, lookup.excluded) : null);
  if (hop === null || hop === undefined) {
    rest(turn, lookup, lookup.trouble);
    return;
  }
  const hops = lookup.hops + 1;
  const asking: Lookup = { ...lookup, hops, candidates: [hop, ...others] };
  const rid = awaitAnswer(turn, hop.peer.address, turn.at + timeoutMs(turn, lookup), asking);
  if (rid !== null) send(turn, hop.peer.address, { _tag: "Route", rid, target: lookup.target });
}

/** How long one attempt may take before another way is tried. Whoever is slow, or far, is given more the next time. */
function timeoutMs({ state }: Turn, { trouble }: Lookup): Millis {
  const { intervalMs } = state.config.ring;
  const usualMs = intervalMs / 4 + 4 * state.roundTripMs;
  return Math.min(intervalMs, trouble === "timeout" ? Math.max(intervalMs / 2, usualMs) : usualMs);
}

/**
 * Between the one who named it and the target, or at it; or behind the target, as a neighbour of the one who named it:
 * that is who may own what lies between the two. Any other node behind the target is a way round the ring.
 */
function isProgress(from: Id, { peer, why }: Candidate, target: Id): boolean {
  if (why === "successor" || why === "predecessor") return true;
  return peer.id === target || between(from, peer.id, target);
}

/** What an answer teaches: who owns what, and how long a lookup takes. */
function learnOwner(turn: Turn, owner: Peer, length: bigint, tookMs: Millis): void {
  noteHint(turn, { peer: owner, length });
  const { roundTripMs } = turn.state;
  const smoothed = roundTripMs + (tookMs - roundTripMs) / 8;
  if (Math.abs(smoothed - roundTripMs) >= roundTripMs / 64) own(turn).roundTripMs = smoothed;
}

function settleOwn(turn: Turn, beneficiary: Beneficiary, own: Claim): void {
  settle(turn, beneficiary, ownerHere(turn.state, own));
}

function ownerHere({ self, config }: NodeState, own: Claim): Owner {
  const { epoch, length } = own.token;
  const confirmed = config.dialect.confirms;
  const leaseMs = confirmed ? own.leaseMs : 0;
  return { _tag: "Owner", peer: self, epoch, length, leaseMs, confirmed, hops: 0, trace: none };
}
