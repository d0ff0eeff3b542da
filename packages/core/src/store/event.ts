import type { Arc } from "../arc.js";
import type { RangeReason } from "../effect.js";
import type { Clocked } from "../event.js";
import type { Id } from "../identifier.js";
import type { Epoch } from "../message.js";
import type { Address } from "../peer.js";
import type { Refusal, StoreAnswer, StoreCall } from "./call.js";
import type { Digest } from "./digest.js";
import type { TaskId } from "./effect.js";
import type { Entry, EntryHead, EntryName } from "./entry.js";

/**
 * What happened to a store. The facts of the ring come from the node's state machine: who is seated where before what
 * is gained and lost.
 *
 * @category store
 */
export type StoreEvent = Clocked & StoreHappening;

export type StoreHappening =
  | Seated
  | RangeGained
  | RangeLost
  | Evicted
  | Commanded
  | Called
  | Answered
  | CallFailed
  | EntriesRead
  | Written
  | DigestsRead
  | HeadsRead
  | StorageFailed
  | Located
  | StoreTicked;

/** What a virtual node of this process claims now, and whom it knows behind it. */
export interface Seated {
  readonly _tag: "Seated";
  readonly node: number;
  readonly claim: (Arc & { readonly epoch: Epoch }) | null;
  /** The other processes in its successor list, nearest first. */
  readonly near: ReadonlyArray<Address>;
}

/** Keys that this process claims from now on. */
export interface RangeGained extends Arc {
  readonly _tag: "RangeGained";
  readonly node: number;
  readonly reason: RangeReason;
  /** The process that had it. */
  readonly peer: Address | null;
  readonly epoch: Epoch;
}

/** Keys that this process does not claim any more. */
export interface RangeLost extends Arc {
  readonly _tag: "RangeLost";
  readonly reason: RangeReason;
  /** The process that has it now. */
  readonly peer: Address | null;
  readonly epoch: Epoch;
}

/** The ring has given up this process. */
export interface Evicted {
  readonly _tag: "Evicted";
  readonly process: Address;
}

/** A command for a key that is claimed at this moment. */
export interface Commanded {
  readonly _tag: "Commanded";
  readonly operation: number;
  /** The same over all attempts of one command. */
  readonly request: string;
  readonly name: EntryName;
  readonly command: StoreCommand;
}

export type StoreCommand =
  | { readonly _tag: "Get" }
  | { readonly _tag: "Put"; readonly value: Uint8Array }
  | { readonly _tag: "Delete" };

export interface Called {
  readonly _tag: "Called";
  /** To answer by. */
  readonly serving: number;
  readonly from: Address;
  readonly call: StoreCall;
}

export interface Answered {
  readonly _tag: "Answered";
  readonly task: TaskId;
  readonly answer: StoreAnswer;
}

export interface CallFailed {
  readonly _tag: "CallFailed";
  readonly task: TaskId;
  /** Its port refuses: there is no such process. */
  readonly dead: boolean;
}

/** In the order of the names; null: nothing, or what is there is damaged. */
export interface EntriesRead {
  readonly _tag: "EntriesRead";
  readonly task: TaskId;
  readonly entries: ReadonlyArray<Entry | null>;
  /** Those of them that are damaged. */
  readonly damaged: ReadonlyArray<Damage>;
}

/** What is left to know of an entry that cannot be read. */
export interface Damage {
  /** Its fingerprint, as its head has it: whatever has the same is the same. Null: that cannot be read either. */
  readonly fingerprint: bigint | null;
}

export interface Written {
  readonly _tag: "Written";
  readonly task: TaskId;
  /** For each entry that was put, what stands under its name now; of a `Remember`, nothing. */
  readonly stands: ReadonlyArray<EntryHead>;
}

export interface DigestsRead {
  readonly _tag: "DigestsRead";
  readonly task: TaskId;
  readonly digests: ReadonlyArray<Digest>;
}

/** Of a `Listing`, a list for each arc; of a `Page`, one. */
export interface HeadsRead {
  readonly _tag: "HeadsRead";
  readonly task: TaskId;
  readonly lists: ReadonlyArray<ReadonlyArray<EntryHead>>;
  readonly more: boolean;
}

export interface StorageFailed {
  readonly _tag: "StorageFailed";
  readonly task: TaskId;
  readonly reason: Extract<Refusal, "full" | "quota" | "failed">;
}

/** Which process owns the point, and where its range begins; null: nobody could be asked. */
export interface Located {
  readonly _tag: "Located";
  readonly task: TaskId;
  readonly owner: { readonly process: Address; readonly start: Id } | null;
}

export interface StoreTicked {
  readonly _tag: "StoreTicked";
}
