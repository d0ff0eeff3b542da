import type { Either } from "fp-ts/lib/Either.js";
import type { OperationId, PresentFailure } from "./event.js";
import type { Distance, Id } from "./identifier.js";
import type {
  Epoch,
  Hop,
  Inspected,
  Message,
  Millis,
  RefusalCode,
  RequestId,
  UnfoundReason,
} from "./message.js";
import type { Address, Peer } from "./peer.js";

/**
 * What the shell is to do, as data that can be compared.
 *
 * @category effects
 */
export type Effect = Send | Settled | Announced | Suspected | StatusAsked | Dropped;

export interface Send {
  readonly _tag: "Send";
  /** A virtual node's address, or a client's name. */
  readonly to: Address;
  readonly message: Message;
}

/** The one answer to something that the application asked for. */
export interface Settled {
  readonly _tag: "Settled";
  readonly operation: OperationId;
  readonly result: Either<OperationError, OperationResult>;
}

export type OperationResult =
  | { readonly _tag: "Created" }
  | { readonly _tag: "Joined" }
  | Owner
  | { readonly _tag: "Inspected"; readonly answer: Inspected }
  | { readonly _tag: "HandedOver"; readonly to: Peer | null };

/** Who owned the key, by its own word, at some instant between question and answer. */
export interface Owner {
  readonly _tag: "Owner";
  readonly peer: Peer;
  readonly epoch: Epoch;
  /** The length of the range it claims, which ends at its id. */
  readonly length: Distance;
  /** The rest of its lease, counted from when the lookup was sent. */
  readonly leaseMs: Millis;
  /** By its own word, and leased. False: where nodes confirm nothing, somebody said so. */
  readonly confirmed: boolean;
  /** Nodes contacted after the one who looked up, the owner included. 0: the asker itself owns the key. */
  readonly hops: number;
  /** Filled where the lookup was iterative. */
  readonly trace: ReadonlyArray<Hop>;
}

/** Why not. `Timeout` and `NoOwner` are the network's doing, the others the caller's. */
export type OperationError =
  | { readonly _tag: "NotMember" }
  | { readonly _tag: "AlreadyMember" }
  | { readonly _tag: "NoOwner"; readonly attempts: number; readonly last: LookupTrouble }
  | { readonly _tag: "Overloaded"; readonly pendingMax: number }
  | { readonly _tag: "Timeout" }
  | { readonly _tag: "PeerRefused"; readonly code: RefusalCode }
  | { readonly _tag: "PeerUnreachable"; readonly reason: PresentFailure }
  | { readonly _tag: "Cancelled" }
  | { readonly _tag: "NoSeeds" }
  | { readonly _tag: "IdTaken"; readonly by: Address };

/**
 * What stood in a lookup's way last.
 * - `unclaimed`: nobody claims the key for now. `hops-exceeded`: it was sent on too often.
 * - `no-route`: nobody is known to send it to.
 * - `timeout`, `refused`, `unreachable`: whoever was asked did not answer, is dead, can't be reached.
 * - `late-answer`: the owner's lease had ended when its answer came.
 * - `too-few-members`: who holds the key sees fewer members than it must to claim anything.
 * - `not-member`, `overloaded`: whoever was asked is no member, or has too much to do.
 */
export type LookupTrouble =
  | UnfoundReason
  | "no-route"
  | "timeout"
  | "refused"
  | "unreachable"
  | "late-answer"
  | "too-few-members"
  | "not-member"
  | "overloaded";

/**
 * Why a node claims a range now, or no longer.
 * - `create`: it founds the ring.
 * - `join`, `leave`: one node handed the range to another, which joins, or because it leaves itself.
 * - `failure`: the node that had it is dead, or silent for longer than its lease can run.
 * - `gap`: nobody was known to have it, for as long as a lease that nobody here heard of may run.
 * - `lapse`: the node's own lease ran out, or it has one again.
 * - `merge`: another ring was met, in which somebody else owned it.
 */
export type RangeReason = "create" | "join" | "leave" | "failure" | "gap" | "lapse" | "merge";

/** A change that applications want to know of, told after the state has changed. */
export type Announcement =
  | { readonly _tag: "Joined" }
  | { readonly _tag: "Departed" }
  | { readonly _tag: "SuccessorChanged"; readonly from: Peer | null; readonly to: Peer | null }
  | { readonly _tag: "PredecessorChanged"; readonly from: Peer | null; readonly to: Peer | null }
  /** The range `(start, end]` is claimed from now on; `peer` had it before, where that is known. */
  | {
      readonly _tag: "RangeGained";
      readonly start: Id;
      readonly end: Id;
      readonly peer: Peer | null;
      readonly reason: RangeReason;
      readonly epoch: Epoch;
    }
  | {
      readonly _tag: "RangeLost";
      readonly start: Id;
      readonly end: Id;
      readonly peer: Peer | null;
      readonly reason: RangeReason;
      readonly epoch: Epoch;
    }
  | {
      readonly _tag: "PeerEvicted";
      readonly peer: Peer;
      readonly reason: "refused" | "silent" | "left" | "reborn";
    }
  /** Nobody that this node knows answers. */
  | { readonly _tag: "Isolated" }
  /** A seed could not be used, and why; the next one is tried. */
  | { readonly _tag: "SeedFailed"; readonly seed: Address; readonly reason: SeedTrouble }
  /** The seed is of use, but not the node that, by its word, owns this newcomer's place; told at each try. */
  | {
      readonly _tag: "NotAdmitted";
      readonly seed: Address;
      readonly owner: Address;
      readonly reason: LookupTrouble;
    };

/**
 * Why a seed was of no use.
 * - `refused`, `unreachable`, `rejected`: it was not reached (as of a `SendFailure`). `silent`: it did not answer.
 * - `not-member`: it is in no ring yet. `no-owner`: it found nobody who owns the newcomer's place.
 * - `id-taken`: a member has the newcomer's id.
 */
export type SeedTrouble =
  | "refused"
  | "unreachable"
  | "rejected"
  | "silent"
  | "not-member"
  | "no-owner"
  | "id-taken";

export interface Announced {
  readonly _tag: "Announced";
  readonly change: Announcement;
}

/**
 * The process did not answer, twice: what leads to it may be broken, and is to be made anew before the next message.
 */
export interface Suspected {
  readonly _tag: "Suspected";
  readonly process: Address;
}

/** Somebody wants the whole status of the process, which only the shell knows. */
export interface StatusAsked {
  readonly _tag: "StatusAsked";
  readonly to: Address;
  readonly rid: RequestId;
}

/** A message that had no effect, and why: for logs and counters. */
export interface Dropped {
  readonly _tag: "Dropped";
  readonly from: Address;
  readonly message: Message["_tag"];
  readonly reason: DropReason;
}

/**
 * Why a message had no effect.
 * - `unknown-request`: it answers nothing that waits for an answer; mostly one that came too late.
 * - `wrong-peer`, `wrong-form`: it answers a request, but was sent by another than was asked, or is no answer to that.
 * - `not-allowed`: a client sent what only nodes may.
 * - `stale`: it is about what has changed since.
 * - `misplaced`: it does not fit what this node holds, or says what can't be.
 * - `unknown-node`: this process has no such virtual node.
 * - `overloaded`: the process's virtual nodes had too much to say to each other in one step.
 */
export type DropReason =
  | "unknown-request"
  | "wrong-peer"
  | "wrong-form"
  | "not-allowed"
  | "stale"
  | "misplaced"
  | "unknown-node"
  | "overloaded";
