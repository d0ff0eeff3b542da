import type { Millis } from "../message.js";
import type { Address } from "../peer.js";
import type { NoRoom, StoreOutcome, TaskId } from "./effect.js";
import type { Entry, EntryName } from "./entry.js";
import type { Damage, StoreCommand } from "./event.js";

/** A command on its way, at its key's owner. */
export interface Operation {
  readonly rid: number;
  readonly expiresAt: Millis;
  /** The shell's names for it: more than one where an attempt came while an earlier one was under way. */
  readonly asked: ReadonlyArray<number>;
  readonly request: string;
  readonly name: EntryName;
  readonly command: StoreCommand;
  /** Which others have been asked what they have. */
  readonly sources: ReadonlyArray<Address>;
  /** How much others had brought here when this process's own storage was read last. */
  readonly brought: Brought;
  /** How many are still to say it, this process's own storage among them. */
  readonly awaited: number;
  /** The latest of what was found. */
  readonly latest: Entry | null;
  /** Whether the latest is another's, and not yet here. */
  readonly foreign: boolean;
  /** What is wrong with what this process itself has of it; null: nothing. */
  readonly damage: Damage | null;
  /** Whether one that was asked has not said what it has. */
  readonly silent: boolean;
  /** Null: not yet decided. */
  readonly storing: Storing | null;
}

/** By which pull the key's range comes here, and how many of its sources have been gone through; null: all is here. */
export interface Brought {
  readonly pull: number | null;
  readonly sources: number;
}

/** An entry on its way to those that keep it. */
export interface Storing {
  readonly entry: Entry;
  /** How many are to keep it, this process among them. */
  readonly copies: number;
  /** How many have it. */
  readonly kept: number;
  readonly keptHere: boolean;
  readonly failed: number;
  /** By which the others are sent it. */
  readonly calls: ReadonlyArray<TaskId>;
  /** What the last refusal for want of room said, and who all said the same. */
  readonly noRoom: NoRoom | null;
}

/** What has come of an operation: it is known what there is, or it is over. */
export type Progress =
  | { readonly _tag: "Known"; readonly operation: Operation }
  | { readonly _tag: "Ended"; readonly operation: Operation; readonly outcome: StoreOutcome };

export function ended(operation: Operation, outcome: StoreOutcome): Progress {
  return { _tag: "Ended", operation, outcome };
}

/** How many of them are a majority: any two majorities have one in common. */
export function majority(copies: number): number {
  return Math.floor(copies / 2) + 1;
}
