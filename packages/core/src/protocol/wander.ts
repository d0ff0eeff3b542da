import type { LookupMode } from "../event.js";
import type { Closer, Find, Inspect, Query, Route } from "../message.js";
import { messageLimits } from "../message.js";
import { claim, holdOf } from "../ownership.js";
import type { Address, Peer } from "../peer.js";
import { isMember } from "../state.js";
import type { Turn } from "../turn.js";
import { refuse, send } from "../turn.js";
import { lookUp } from "./lookup.js";
import { nextHop } from "./route.js";

/**
 * Other people's lookups: answered if the key is ours, else sent on or shown the way, and nothing of them is kept. Only
 * what a client or a newcomer asks is looked up for it, within its time and a minute at most.
 */

/** A lookup that wanders. The owner answers whoever began it. */
export function onFind(turn: Turn, find: Find): void {
  if (answerFound(turn, find.origin, find.rid, find.target, find.hops)) return;
  forward(turn, find, []);
}

/** It could not be sent on to one peer: to the next best. */
export function forward(turn: Turn, find: Find, excluded: ReadonlyArray<Address>): void {
  const { rid, target, origin, hops } = find;
  const unfound = (reason: "unclaimed" | "hops-exceeded"): void =>
    send(turn, origin.address, { _tag: "Unfound", rid, reason, hops });
  if (hops >= turn.state.config.limits.hopsMax) {
    unfound("hops-exceeded");
    return;
  }
  const hop = isMember(turn.state) ? nextHop(turn.state, target, false, excluded, hops) : null;
  if (hop === null || hop.peer.address === origin.address) unfound("unclaimed");
  else send(turn, hop.peer.address, { _tag: "Find", rid, target, origin, hops: hops + 1 });
}

/** A lookup whose asker goes every step itself: up to three ways on, the best first. */
export function onRoute(turn: Turn, from: Peer, route: Route): void {
  if (answerFound(turn, from, route.rid, route.target, 1)) return;
  if (!isMember(turn.state)) {
    refuse(turn, from.address, route.rid);
    return;
  }
  const peers: Array<Closer["peers"][number]> = [];
  const named: Address[] = [from.address];
  while (peers.length < 3) {
    const hop = nextHop(turn.state, route.target, false, named);
    if (hop === null) break;
    peers.push(hop);
    named.push(hop.peer.address);
  }
  send(turn, from.address, { _tag: "Closer", rid: route.rid, peers });
}

/** A client's lookup, or a newcomer's: made for it. */
export function onQuery(turn: Turn, from: Address, query: Query, joins: boolean): void {
  const mode: LookupMode = query.trace ? "iterative" : "recursive";
  const deadline = turn.at + Math.min(query.timeoutMs, 60_000);
  lookUp(turn, {
    target: query.target,
    deadline,
    mode,
    beneficiary: { _tag: "Client", address: from, rid: query.rid, joins },
  });
}

/** Who we are and whom we know next to us. */
export function onInspect(turn: Turn, from: Address, inspect: Inspect): void {
  const { self, pointers } = turn.state;
  if (!isMember(turn.state)) {
    refuse(turn, from, inspect.rid);
    return;
  }
  const own = claim(turn.state, turn.at);
  send(turn, from, {
    _tag: "Inspected",
    rid: inspect.rid,
    self,
    predecessor: pointers.predecessor,
    successors: pointers.successors.slice(0, messageLimits.peersMax),
    claim: own?.token ?? null,
    leaseMs: Math.floor(own?.leaseMs ?? 0),
  });
}

function answerFound(turn: Turn, to: Peer, rid: number, target: Find["target"], hops: number): boolean {
  const own = holdOf(turn.state, target, turn.at);
  if (own === null) return false;
  send(turn, to.address, { _tag: "Found", rid, token: own.token, leaseMs: Math.floor(own.leaseMs), hops });
  return true;
}
