import type { RangeReason } from "./effect.js";
import type { Epoch, Millis, Report, RequestId, Token } from "./message.js";
import type { Peer } from "./peer.js";

/** What this node holds and may claim. See `docs/OWNERSHIP.md`. */
export interface Ownership {
  /** The range that is this node's, if a lease stands behind it. */
  readonly token: Token | null;
  /** The token as the heir acknowledged it last: no more than that is claimed. Null: it knows nothing of it yet. */
  readonly acknowledged: Token | null;
  /** Until when it may be claimed. `Infinity`: there is no heir to ask (`needsNoHeir`). */
  readonly leaseUntil: Millis;
  /**
   * Until when it was leased by its own clock alone, before it slept or its calendar was set: what it granted others
   * may hang on that. Or until when one beneath lived that may have been served elsewhere.
   */
  readonly hungUntil: Millis;
  /** Counts terms of holding, which end with another token or a handover: a lease asked for in one is of no other. */
  readonly term: number;
  /** The token that ends where this one begins. This node is its holder's heir. */
  readonly before: Before | null;
  /** Since when it has been unknown who holds what ends where this begins. */
  readonly gapSince: Millis;
  /** A part promised to a newcomer, to be handed over once the heir knows. */
  readonly split: Split | null;
  /** A `Leave` is out: nothing is claimed. Refused, the lease counts again; if it was repeated, a new one is needed. */
  readonly handingOver: boolean;
  /** Until when enough members have been seen to claim anything. `Infinity`: no number of them is asked for. */
  readonly quorumUntil: Millis;
  /** A `Circle` of ours is under way. */
  readonly circle: CircleSent | null;
  /** Those of others that were passed on, the latest last: none is passed on twice. */
  readonly circlesPassed: ReadonlyArray<RequestId>;
  /** Of these, the latest that began at the holder of what lies beneath. */
  readonly circleBeneath: RequestId | null;
  /** Why the range last grew or shrank, and who had or has the part. */
  readonly cause: { readonly reason: RangeReason; readonly peer: Peer | null };
  /** What the application was told that is claimed. */
  readonly announced: Token | null;
}

export interface Before {
  readonly report: Report;
  readonly beneath: ReadonlyArray<Report>;
  /** The last time that its holder was served, or asked: silence counts from here. */
  readonly lastAt: Millis;
  /**
   * Even if its holder is known to be dead, its token may be taken only then: who lies hidden behind it may be leased.
   */
  readonly notBefore: Millis;
  /**
   * Since when the holder is known here by its own word. `Infinity`: what is known is another's. `-Infinity`: by this
   * node's act, which handed it the range; so until it says that it was leased it.
   */
  readonly knownSince: Millis;
  /** The highest epoch under which a handover of it was refused: a copy of that message must not be accepted later. */
  readonly refused: Epoch;
}

export interface CircleSent {
  readonly rid: RequestId;
  readonly startedAt: Millis;
  /** So long it is waited for, before another is sent. */
  readonly patienceMs: Millis;
  readonly epoch: Epoch;
  /** It came back late, and the heir was asked to promise anew. */
  readonly round: boolean;
}

export interface Split {
  readonly peer: Peer;
  readonly token: Token;
  /** What will be left to this node. */
  readonly rest: Token;
  readonly rid: RequestId;
  readonly since: Millis;
  /** `merge`: the newcomer is leased in another ring, and keeps a range that it had. */
  readonly reason: "join" | "merge";
  /** Whoever lies between the newcomer and what lies beneath this node; null: nobody does. */
  readonly beyond: Beyond | null;
}

/** Of a range that was handed on in part, the other part's holder; none: it is not known. */
export type Beyond = ReadonlyArray<Report>;
