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
   * Until when others' leases may rest on something that this node can't see the end of: on its own lease as its clock
   * alone tells it, if it slept since or its calendar was set; or on one beneath that may have been served elsewhere
   * until it died.
   */
  readonly hungUntil: Millis;
  /**
   * Counts terms of holding: one ends when another token is held, or this one is handed over. A lease that was asked
   * for in one term does not count in another.
   */
  readonly term: number;
  /** The token that ends where this one begins. This node is its holder's heir. */
  readonly before: Before | null;
  /** Since when it has been unknown who holds what ends where this begins. */
  readonly gapSince: Millis;
  /** A part promised to a newcomer, to be handed over once the heir knows. */
  readonly split: Split | null;
  /**
   * A `Leave` is out: nothing is claimed. If the heir refuses it, the lease counts again; but if the `Leave` had been
   * sent twice, a new lease is needed.
   */
  readonly handingOver: boolean;
  /** Until when enough members have been seen to claim anything. `Infinity`: no number of them is asked for. */
  readonly quorumUntil: Millis;
  /** The `Circle` that this node has under way. */
  readonly circle: CircleSent | null;
  /** Circles of others that this node has passed on, the latest last: none is passed on twice. */
  readonly circlesPassed: ReadonlyArray<RequestId>;
  /** The latest of these that began at the holder of what lies beneath. */
  readonly circleBeneath: RequestId | null;
  /** Why the range last grew or shrank, and who had the part before, or has it now. */
  readonly cause: { readonly reason: RangeReason; readonly peer: Peer | null };
  /** What the application was told that is claimed. */
  readonly announced: Token | null;
}

/** What this node knows of what lies beneath it. */
export interface Before {
  /** The token that ends where this node's begins, and its holder. */
  readonly report: Report;
  /** What that holder reported of the tokens before its own, nearest first. */
  readonly beneath: ReadonlyArray<Report>;
  /** The last time that the holder was served, or asked: its silence counts from here. */
  readonly lastAt: Millis;
  /** The token is not taken before this, even if the holder is dead: others whom only the holder knew may be leased. */
  readonly notBefore: Millis;
  /**
   * Since when this node knows the holder by the holder's own word. `Infinity`: all that it knows is another's word.
   * `-Infinity`: it handed the holder this range itself, and that one has not said yet that it is leased it.
   */
  readonly knownSince: Millis;
  /** The highest epoch under which the holder's `Leave` was refused: a copy of it must not be accepted later. */
  readonly refused: Epoch;
}

export interface CircleSent {
  readonly rid: RequestId;
  readonly startedAt: Millis;
  /** How long this one is waited for before another is sent. */
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

/** Where a range was handed on only in part, who holds the other part; empty: nobody knows. */
export type Beyond = ReadonlyArray<Report>;
