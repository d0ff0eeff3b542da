import type { LookupTrouble, OperationError, Owner } from "../effect.js";
import type { Millis, RequestId } from "../message.js";
import type { Address, Peer } from "../peer.js";
import type { Beneficiary, Lookup, Request } from "../request.js";
import type { Turn } from "../turn.js";
import { expect, fail, send, succeed } from "../turn.js";
import { fingerFound } from "./fingers.js";

/** Where a step of a lookup ends: it waits for an answer, rests, or is over, and whoever wanted it is told. */

/** How many peers that could not be reached a lookup excludes before it rests. */
export const excludedMax = 8;

/** Waits a little before the next attempt, longer each time: the ring is healing, or a newcomer is being admitted. */
export function rest(turn: Turn, lookup: Lookup, trouble: LookupTrouble): void {
  if (turn.at >= lookup.deadline) {
    giveUp(turn, lookup.beneficiary, { _tag: "NoOwner", attempts: lookup.attempts, last: trouble });
    return;
  }
  const longest = turn.state.config.ring.intervalMs / 4;
  const restMs = Math.min(longest, 4 * 2 ** Math.min(lookup.attempts, 10));
  awaitAnswer(turn, null, turn.at + restMs, { ...lookup, resting: true, trouble });
}

/** Keeps the lookup pending under a new number: late answers to earlier attempts no longer count. */
export function awaitAnswer(turn: Turn, to: Address | null, until: Millis, lookup: Lookup): RequestId | null {
  const rid = expect(turn, to, Math.min(until, lookup.deadline), lookup);
  if (rid === null) {
    const { pendingMax } = turn.state.config.limits;
    giveUp(turn, lookup.beneficiary, { _tag: "Overloaded", pendingMax });
  }
  return rid;
}

/** The way so far, with the one that answered now. */
export function traced(turn: Turn, lookup: Lookup, request: Request, from: Peer): Lookup["trace"] {
  const why = lookup.candidates.find(({ peer }) => peer.address === from.address)?.why ?? "told";
  return [...lookup.trace, { peer: from, why, ms: turn.at - request.sentAt }];
}

/** The owner was found. */
export function settle(turn: Turn, beneficiary: Beneficiary, owner: Owner): void {
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

/** No owner is told within its time, or none can be looked for. */
export function giveUp(turn: Turn, beneficiary: Beneficiary, error: OperationError): void {
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
    // It has its turn again the next time round.
  }
}
