import type { Distance, Id } from "./identifier.js";
import { addressLengthMax, type Peer } from "./peer.js";

/**
 * What nodes say to each other. Each request carries a number that is hard to guess; what answers it carries the same.
 * `docs/PROTOCOL.md` has the bytes.
 *
 * @category messages
 */

/** Milliseconds, as a duration or on a clock. */
export type Millis = number;

/**
 * Names a request: an integer below 2^48. A node's has 32 random bits, and below them the 16 of the slot where it waits
 * for the answer; a client's and an exchange's are all random. An answer counts once, from whom was asked.
 */
export type RequestId = number;

/**
 * Orders the owners of a key: whoever owns it later has the higher epoch, so that applications can fence with it. A
 * safe integer: one above all that is known, and at least the wall clock in milliseconds.
 */
export type Epoch = number;

/**
 * The range `(id - length, id]` of the node that holds it, and since which act. A length of 2^bits is the whole ring.
 */
export interface Token {
  readonly epoch: Epoch;
  readonly length: Distance;
}

/** What one node knows of another's token. `handed`: given to it, but it has not yet shown that it took it. */
export interface Report {
  readonly peer: Peer;
  readonly token: Token;
  readonly handed: boolean;
}

/** One step of a lookup: whom it reached, why there, and how long after the one before. */
export interface Hop {
  readonly peer: Peer;
  readonly why: HopReason;
  readonly ms: Millis;
}

/**
 * Why a lookup went to a node: it is a successor, a finger, seen before, the predecessor; or the node asked named it.
 */
export type HopReason = "successor" | "finger" | "route" | "predecessor" | "told";

/** Stabilise, notify, request for a lease and for admission, in one. Sent to the node that should be the heir. */
export interface Ask {
  readonly _tag: "Ask";
  readonly rid: RequestId;
  /** Null: holds no range (a newcomer, or one that knows that its range is void). */
  readonly token: Token | null;
  /**
   * For how long the sender has been without a lease; 0: it has one. After W somebody else may hold the range by now.
   */
  readonly unleasedMs: Millis;
  /** The tokens that end where the sender's begins, nearest first: what the heir inherits if the sender dies. */
  readonly beneath: ReadonlyArray<Report>;
}

/** What an heir says to an `Ask`. */
export type Verdict =
  /** The report is noted, and the sender of this waits so long before it takes anything. 0: noted, but no lease yet. */
  | { readonly _tag: "Granted"; readonly leaseMs: Millis }
  /** Not now: the heir is another, or something is under way (`soon`: ask again at once). */
  | { readonly _tag: "Wait"; readonly soon: boolean }
  /** From now on the asker holds this token, and these lie beneath it. It claims only after a `Granted` for it. */
  | { readonly _tag: "Handed"; readonly token: Token; readonly beneath: ReadonlyArray<Report> };

export interface Answer {
  readonly _tag: "Answer";
  readonly rid: RequestId;
  readonly verdict: Verdict;
  readonly predecessor: Peer | null;
  readonly successors: ReadonlyArray<Peer>;
}

/** A lookup that wanders (recursive): passed on towards `target`; the owner answers `origin` itself. */
export interface Find {
  readonly _tag: "Find";
  readonly rid: RequestId;
  readonly target: Id;
  readonly origin: Peer;
  /** Nodes reached so far, this one included. */
  readonly hops: number;
}

/** "I own it": only ever said by the sender of itself. */
export interface Found {
  readonly _tag: "Found";
  readonly rid: RequestId;
  /** What the sender claims, as far as it is confirmed. */
  readonly token: Token;
  /** The rest of its lease; to be counted from when the lookup was sent. */
  readonly leaseMs: Millis;
  readonly hops: number;
}

export type UnfoundReason = "unclaimed" | "hops-exceeded";

/** A wandering lookup ended here without an owner. */
export interface Unfound {
  readonly _tag: "Unfound";
  readonly rid: RequestId;
  readonly reason: UnfoundReason;
  readonly hops: number;
}

/** A lookup whose asker goes every step itself (iterative): answered by `Found`, `Closer` or `Refused`. */
export interface Route {
  readonly _tag: "Route";
  readonly rid: RequestId;
  readonly target: Id;
}

/** Who is nearer to the target, best first; none where nobody is. */
export interface Closer {
  readonly _tag: "Closer";
  readonly rid: RequestId;
  readonly peers: ReadonlyArray<{ readonly peer: Peer; readonly why: HopReason }>;
}

export interface Ping {
  readonly _tag: "Ping";
  readonly rid: RequestId;
}

export interface Pong {
  readonly _tag: "Pong";
  readonly rid: RequestId;
}

/** "Here I am." Asks for whoever stands before the sender's own place on the ring, as the receiver sees it. */
export interface Introduce {
  readonly _tag: "Introduce";
  readonly rid: RequestId;
}

/** As things were before the sender heard of the asker. */
export interface Introduced {
  readonly _tag: "Introduced";
  readonly rid: RequestId;
  /** The sender's finger that lies nearest before the asker; null: none lies between them. */
  readonly preceding: Peer | null;
  readonly successors: ReadonlyArray<Peer>;
}

/** "I go: take my range." To the heir, from one that has stopped claiming. */
export interface Leave {
  readonly _tag: "Leave";
  readonly rid: RequestId;
  readonly token: Token;
  readonly beneath: ReadonlyArray<Report>;
}

export interface Left {
  readonly _tag: "Left";
  readonly rid: RequestId;
  readonly accepted: boolean;
}

/** "I am gone": from one whose range was taken over, to its neighbours, with those that they now need. */
export interface Depart {
  readonly _tag: "Depart";
  readonly predecessor: Peer | null;
  readonly successors: ReadonlyArray<Peer>;
}

/**
 * Goes from heir to heir round a ring in which nobody has a lease. Each that passes it on promises the sender a full
 * lease's patience; if it comes back to its origin, the tokens tile the ring and the origin may claim.
 */
export interface Circle {
  readonly _tag: "Circle";
  readonly rid: RequestId;
  readonly origin: Peer;
  /** The epoch of the sender's own token: its heir passes on only what it knows. */
  readonly epoch: Epoch;
}

/** A client's lookup, or a newcomer's: the receiver looks up for it, and answers `Resolved` or `Refused`. */
export interface Query {
  readonly _tag: "Query";
  readonly rid: RequestId;
  readonly target: Id;
  readonly timeoutMs: Millis;
  /** Iterative, and every hop told. */
  readonly trace: boolean;
}

export interface Resolved {
  readonly _tag: "Resolved";
  readonly rid: RequestId;
  readonly owner: Peer;
  readonly token: Token;
  readonly leaseMs: Millis;
  /** Nodes contacted after the answering one, the owner included. */
  readonly hops: number;
  readonly trace: ReadonlyArray<Hop>;
}

export type RefusalCode =
  /** Not in the ring, yet. */
  | "not-member"
  /** Has left it. */
  | "gone"
  | "overloaded"
  | "no-owner"
  | "id-taken"
  | "unsupported";

export interface Refused {
  readonly _tag: "Refused";
  readonly rid: RequestId;
  readonly code: RefusalCode;
  readonly detail: string;
}

/** Who are you and your neighbours? Anybody may ask. */
export interface Inspect {
  readonly _tag: "Inspect";
  readonly rid: RequestId;
}

export interface Inspected {
  readonly _tag: "Inspected";
  readonly rid: RequestId;
  readonly self: Peer;
  readonly predecessor: Peer | null;
  readonly successors: ReadonlyArray<Peer>;
  /** What it claims at this moment; null: nothing. */
  readonly claim: Token | null;
  readonly leaseMs: Millis;
}

/** The whole state of a process, for people: answered by the runtime, in JSON. */
export interface Status {
  readonly _tag: "Status";
  readonly rid: RequestId;
}

export interface StatusReply {
  readonly _tag: "StatusReply";
  readonly rid: RequestId;
  readonly json: Uint8Array;
}

/** What only ever answers something that was asked. */
export type Reply =
  | Answer
  | Found
  | Unfound
  | Closer
  | Pong
  | Introduced
  | Left
  | Resolved
  | Refused
  | Inspected
  | StatusReply;

export type Message =
  | Ask
  | Find
  | Route
  | Ping
  | Introduce
  | Leave
  | Depart
  | Circle
  | Query
  | Inspect
  | Status
  | Reply;

/** A message on its way between two virtual nodes, named by their place in their process. */
export interface Envelope {
  readonly from: number;
  readonly to: number;
  readonly message: Message;
}

/** Bounds that the encoding keeps: past them a frame is refused before anything is built from it. */
export interface MessageLimits {
  /** Peers in a list of them, such as a successor list. */
  readonly peersMax: number;
  /** Reports of the tokens beneath a node's own. */
  readonly reportsMax: number;
  /** Hops that a `Resolved` tells of. */
  readonly hopsMax: number;
  readonly addressBytesMax: number;
  /** Of a refusal's words. */
  readonly detailBytesMax: number;
  /** Of a status. */
  readonly jsonBytesMax: number;
  /** Of an application's key, in a frame that brings a request to its owner. */
  readonly keyBytesMax: number;
  /** Of a piece of a request's or a response's body. */
  readonly chunkBytesMax: number;
}

/** The limits of the wire, the same for every node of version 1: `docs/PROTOCOL.md` has them. */
export const messageLimits: MessageLimits = {
  peersMax: 32,
  reportsMax: 32,
  hopsMax: 64,
  addressBytesMax: addressLengthMax,
  detailBytesMax: 512,
  jsonBytesMax: 60_000,
  keyBytesMax: 4_096,
  chunkBytesMax: 32_768,
};
