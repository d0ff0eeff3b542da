import type { LookupTrouble, OperationError, Owner } from "../effect.js";
import type { Id } from "../identifier.js";
import { between, inRange } from "../identifier.js";
import type { Closer, Found, Millis, RequestId, Resolved, Unfound } from "../message.js";
import type { Claim } from "../ownership.js";
import { holdOf } from "../ownership.js";
import type { Address, Peer } from "../peer.js";
import * as pending from "../pending.js";
import type { Beneficiary, Candidate, Lookup, Request } from "../request.js";
import { isMember } from "../state.js";
import type { Turn } from "../turn.js";
import { expect, fail, own, seen, send, setPending, succeed } from "../turn.js";
import { attemptTimeoutMs } from "./durations.js";
import { countedOn, ping } from "./failure.js";
import { fingerFound, fingerMissed } from "./fingers.js";
import { nextHop } from "./route.js";
import { wayTo } from "./unconfirmed.js";

/**
 * Lookups, as seen by who looks up; nobody else keeps anything of them. A lookup ends only with a node that says of
 * itself that it owns the key, while its lease runs; until then it is tried again, by other ways, within its deadline.
 */

/** So many peers that could not be reached, and the lookup rests before it tries again. */
const excludedMax = 8;

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
  note(turn, from, found.token.length, turn.at - request.sentAt);
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

/** Where nodes confirm nothing: somebody says who owns it. Whoever asks for others passes that on. */
export function onTold(turn: Turn, from: Peer, told: Resolved, request: Request, lookup: Lookup): void {
  const { owner } = told;
  const hops = lookup.hops + told.hops;
  const so = { ...lookup, hops, trace: traced(turn, lookup, request, from) };
  if (lookup.beneficiary._tag !== "Application") settleUnconfirmed(turn, so, owner);
  else if (owner.id !== turn.state.self.id) verify(turn, so, owner);
  else passBack(turn, so);
}

/** Said to be this node's, which does not hold it: then its predecessor's, or of one before that; else nobody's. */
function passBack(turn: Turn, lookup: Lookup): void {
  const { predecessor } = turn.state.pointers;
  if (predecessor === null) rest(turn, lookup, "unclaimed");
  else verify(turn, lookup, predecessor, turn.state.self);
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
    // The end of its time says less than what had stood in its way before.
    const cut = lookup.resting || (trouble === "timeout" && lookup.attempts > 0);
    const last = cut ? lookup.trouble : trouble;
    giveUp(turn, lookup.beneficiary, { _tag: "NoOwner", attempts: lookup.attempts, last });
    return;
  }
  if (lookup.resting) {
    attempt(turn, { ...lookup, attempts: lookup.attempts + 1, excluded: [], resting: false });
    return;
  }
  const failed = { ...lookup, trouble };
  if (!turn.state.config.dialect.confirms && request.to !== null) {
    // Who was named is not there, and nobody knows better for a while; who was to name somebody: there are others.
    const excluded = [...lookup.excluded, request.to];
    const attempts = lookup.attempts + 1;
    const [named, behind] = lookup.candidates;
    // It was the predecessor of one who answered, and is dead: what it had is that one's.
    if (behind !== undefined && trouble === "refused") settleUnconfirmed(turn, lookup, behind.peer);
    else if (named !== undefined) rest(turn, { ...failed, attempts }, trouble);
    else attempt(turn, { ...failed, attempts, excluded });
    return;
  }
  if (request.to === null) {
    attempt(turn, {
      ...failed,
      attempts: lookup.attempts + 1,
      excluded: unsentTo === null ? lookup.excluded : [...lookup.excluded, unsentTo],
      mode: trouble === "timeout" ? "iterative" : lookup.mode,
    });
    return;
  }
  const peer = countedOn(turn.state).find((other) => other.address === request.to);
  if (peer !== undefined && trouble === "timeout") ping(turn, peer);
  askNext(turn, { ...failed, excluded: [...lookup.excluded, request.to] });
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
  const rid = wait(turn, null, turn.at + timeoutMs(turn), lookup);
  if (rid === null) return;
  const { target } = lookup;
  send(turn, hop.peer.address, { _tag: "Find", rid, target, origin: turn.state.self, hops: 1 });
}

/** Where nodes confirm nothing: has somebody nearer look it up. */
function delegate(turn: Turn, lookup: Lookup): void {
  const { target, excluded, beneficiary } = lookup;
  const way = excluded.length < excludedMax ? wayTo(turn.state, target, excluded) : null;
  const fresh = { ...lookup, hops: 0, trace: none };
  if (way === null) rest(turn, lookup, lookup.attempts === 0 ? "no-route" : lookup.trouble);
  else if (way._tag === "Ask") {
    const waitMs = delegatedMs(turn, lookup);
    const rid = wait(turn, way.peer.address, turn.at + waitMs, { ...fresh, hops: 1, candidates: none });
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
function verify(turn: Turn, lookup: Lookup, owner: Peer, behind: Peer | null = null): void {
  const told = behind === null ? [owner] : [owner, behind];
  const candidates = told.map((peer) => ({ peer, why: "told" }) as const);
  const until = turn.at + delegatedMs(turn, lookup);
  const rid = wait(turn, owner.address, until, { ...lookup, hops: lookup.hops + 1, candidates });
  if (rid !== null) send(turn, owner.address, { _tag: "Route", rid, target: lookup.target });
}

/** Others may have to ask others: an interval, and longer each time. */
function delegatedMs({ state }: Turn, { attempts }: Lookup): Millis {
  return Math.floor(state.config.ring.intervalMs * (1 + attempts));
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
  const rid = wait(turn, hop.peer.address, turn.at + timeoutMs(turn), asking);
  if (rid !== null) send(turn, hop.peer.address, { _tag: "Route", rid, target: lookup.target });
}

/** Waits a little before the next attempt, longer each time: the ring is healing, or a newcomer is being admitted. */
function rest(turn: Turn, lookup: Lookup, trouble: LookupTrouble): void {
  if (turn.at >= lookup.deadline) {
    giveUp(turn, lookup.beneficiary, { _tag: "NoOwner", attempts: lookup.attempts, last: trouble });
    return;
  }
  const longest = turn.state.config.ring.intervalMs / 4;
  const restMs = Math.min(longest, 4 * 2 ** Math.min(lookup.attempts, 10));
  wait(turn, null, turn.at + restMs, { ...lookup, resting: true, trouble });
}

/** Keeps the lookup pending under a new number: late answers to earlier attempts no longer count. */
function wait(turn: Turn, to: Address | null, until: Millis, lookup: Lookup): RequestId | null {
  const rid = expect(turn, to, Math.min(until, lookup.deadline), lookup);
  if (rid === null) {
    const { pendingMax } = turn.state.config.limits;
    giveUp(turn, lookup.beneficiary, { _tag: "Overloaded", pendingMax });
  }
  return rid;
}

function timeoutMs(turn: Turn): Millis {
  return attemptTimeoutMs(turn.state.config.ring, turn.state.roundTripMs);
}

function traced(turn: Turn, lookup: Lookup, request: Request, from: Peer): Lookup["trace"] {
  const why = lookup.candidates.find(({ peer }) => peer.address === from.address)?.why ?? "told";
  return [...lookup.trace, { peer: from, why, ms: turn.at - request.sentAt }];
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
function note(turn: Turn, owner: Peer, length: bigint, tookMs: Millis): void {
  seen(turn, { peer: owner, length });
  const { roundTripMs } = turn.state;
  const smoothed = roundTripMs + (tookMs - roundTripMs) / 8;
  if (Math.abs(smoothed - roundTripMs) >= roundTripMs / 64) own(turn).roundTripMs = smoothed;
}

function settleOwn(turn: Turn, beneficiary: Beneficiary, own: Claim): void {
  const { epoch, length } = own.token;
  const peer = turn.state.self;
  const confirmed = turn.state.config.dialect.confirms;
  const leaseMs = confirmed ? own.leaseMs : 0;
  settle(turn, beneficiary, {
    _tag: "Owner",
    peer,
    epoch,
    length,
    leaseMs,
    confirmed,
    hops: 0,
    trace: none,
  });
}

function settleUnconfirmed(turn: Turn, { beneficiary, hops, mode, trace }: Lookup, peer: Peer): void {
  const unknown = { epoch: 0, length: 0n, leaseMs: 0, confirmed: false };
  const told = mode === "iterative" ? trace : none;
  settle(turn, beneficiary, { _tag: "Owner", peer, ...unknown, hops, trace: told });
}

function settle(turn: Turn, beneficiary: Beneficiary, owner: Owner): void {
  switch (beneficiary._tag) {
    case "Application":
      succeed(turn, beneficiary.operation, owner);
      break;
    case "Client":
      send(turn, beneficiary.address, {
        _tag: "Resolved",
        rid: beneficiary.rid,
        owner: owner.peer,
        token: { epoch: owner.epoch, length: owner.length },
        leaseMs: Math.floor(owner.leaseMs),
        hops: owner.hops,
        trace: owner.trace.map((hop) => ({ ...hop, ms: Math.floor(hop.ms) })),
      });
      break;
    case "Finger":
      fingerFound(turn, beneficiary.index, owner.peer);
  }
}

function giveUp(turn: Turn, beneficiary: Beneficiary, error: OperationError): void {
  switch (beneficiary._tag) {
    case "Application":
      fail(turn, beneficiary.operation, error);
      break;
    case "Client": {
      const code =
        error._tag === "Overloaded" ? "overloaded" : error._tag === "NotMember" ? "not-member" : "no-owner";
      const detail = error._tag === "NoOwner" ? error.last : "";
      send(turn, beneficiary.address, { _tag: "Refused", rid: beneficiary.rid, code, detail });
      break;
    }
    case "Finger":
      fingerMissed(turn);
  }
}
