import type { Arc } from "../arc.js";
import type { Id } from "../identifier.js";
import type { Address } from "../peer.js";
import type { Company, StoreAnswer, StoreCall } from "./call.js";
import type { Entry, EntryHead, EntryName } from "./entry.js";

/**
 * What the shell is to do for a store, as data. Where a `task` is named, one event is to come that names it, whatever
 * comes of it.
 *
 * @category store
 */
export type StoreEffect =
  | Read
  | Write
  | Remember
  | Digests
  | Listing
  | Page
  | Call
  | Forget
  | Answer
  | Settle
  | Locate;

export type TaskId = number;

/** `settled`: behind all writes that were asked for before. */
export interface Read {
  readonly _tag: "Read";
  readonly task: TaskId;
  readonly names: ReadonlyArray<EntryName>;
  readonly settled: boolean;
}

/** All of it or nothing, and told when it is durable. */
export interface Write {
  readonly _tag: "Write";
  readonly task: TaskId;
  readonly put: ReadonlyArray<Entry>;
  readonly drop: ReadonlyArray<EntryHead>;
}

/** These share the ring with this process now: to be known when it begins anew. */
export interface Remember {
  readonly _tag: "Remember";
  readonly task: TaskId;
  readonly company: ReadonlyArray<Company>;
}

/** Behind all writes that were asked for before. */
export interface Digests {
  readonly _tag: "Digests";
  readonly task: TaskId;
  readonly arcs: ReadonlyArray<Arc>;
}

/** All that each arc holds, without values; behind all writes that were asked for before. */
export interface Listing {
  readonly _tag: "Listing";
  readonly task: TaskId;
  readonly arcs: ReadonlyArray<Arc>;
}

/** Of what the arc holds, `entriesMax` behind `after`, without values. */
export interface Page {
  readonly _tag: "Page";
  readonly task: TaskId;
  readonly arc: Arc;
  readonly after: EntryName | null;
  readonly entriesMax: number;
}

/** Ask another process's store. */
export interface Call {
  readonly _tag: "Call";
  readonly task: TaskId;
  readonly to: Address;
  readonly call: StoreCall;
}

/** Nobody waits for this call's answer any more. */
export interface Forget {
  readonly _tag: "Forget";
  readonly task: TaskId;
}

/** Answers a call of another's. */
export interface Answer {
  readonly _tag: "Answer";
  readonly serving: number;
  readonly answer: StoreAnswer;
}

/** What came of a command. */
export interface Settle {
  readonly _tag: "Settle";
  readonly operation: number;
  readonly outcome: StoreOutcome;
}

/** Which process owns this point? */
export interface Locate {
  readonly _tag: "Locate";
  readonly task: TaskId;
  readonly point: Id;
}

export type StoreOutcome =
  | { readonly _tag: "Found"; readonly version: number; readonly value: Uint8Array }
  | { readonly _tag: "Absent" }
  /** A majority of its holders have it. */
  | { readonly _tag: "Stored"; readonly version: number }
  | StoreTrouble;

/** Why not. Of a command that failed to store it is not known whether it will be found. */
export type StoreTrouble =
  /** The key is another's, or not any more this node's. */
  | { readonly _tag: "NotOwner" }
  /**
   * What is needed to answer is not there in time: holders that are silent, or refuse. `returning`: all were down, and
   * not enough of them are back.
   */
  | { readonly _tag: "NotReady"; readonly reason: "silent" | "stale" | "alone" | "storage" | "returning" }
  | { readonly _tag: "Overloaded" }
  /** Fewer processes than the least that was asked for. */
  | { readonly _tag: "TooFewCopies"; readonly copies: number; readonly copiesMin: number }
  | NoRoom;

/** Too many of those that should keep it have no room. */
export interface NoRoom {
  readonly _tag: "NoRoom";
  readonly reason: "full" | "quota";
  /** Who said so; that another one said the other of the two is not told. */
  readonly at: ReadonlyArray<Address>;
}
