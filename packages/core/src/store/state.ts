import type { Arc } from "../arc.js";
import type { Space } from "../identifier.js";
import type { Epoch, Millis } from "../message.js";
import type { Address } from "../peer.js";
import type { Pending } from "../pending.js";
import * as pending from "../pending.js";
import type { Recent } from "../recent.js";
import * as recent from "../recent.js";
import type { Awaited, Company, Difference, StoreCall } from "./call.js";
import type { StoreOutcome, TaskId } from "./effect.js";
import type { EntryHead } from "./entry.js";
import type { Operation } from "./operation.js";
import type { Sync } from "./sync.js";
import type { Tenancy } from "./tenancy.js";
import { valueBytesMost } from "./wire.js";

/** What a process's store was told. */
export interface StoreSettings {
  readonly space: Space;
  /** This process. */
  readonly self: Address;
  /** How many processes keep each entry, the owner among them: 1 to 32. */
  readonly copies: number;
  /** Fewer than this, and nothing is put or deleted. */
  readonly copiesMin: number;
  /** The ring's: every wait is so many of it. */
  readonly intervalMs: Millis;
  /** How long a tombstone is kept: longer than any copy may be away. */
  readonly tombstoneMs: Millis;
  /** Commands under way at once. */
  readonly operationsMax: number;
  /** With whom this process kept what when its storage was last in use. */
  readonly company: ReadonlyArray<Company>;
}

/**
 * Everything that a process's store knows but the entries themselves. A value: `stepStore` makes the next one.
 *
 * @category store
 */
export interface StoreState {
  readonly settings: StoreSettings;
  readonly seats: ReadonlyArray<Seat>;
  /** What this process claims, cut where one part may be answered for and another not yet. */
  readonly pieces: ReadonlyArray<Piece>;
  readonly pulls: ReadonlyArray<Pull>;
  /** What this process lost to one that it knows. */
  readonly handed: ReadonlyArray<Handed>;
  /** Which arc is whose, as far as that was told: they do not overlap. */
  readonly tenancies: ReadonlyArray<Tenancy>;
  readonly repairs: ReadonlyArray<Repair>;
  readonly strays: Strays;
  readonly expiry: Expiry;
  readonly operations: Pending<Operation>;
  /** By key, those that change it: the first is under way, the others wait. */
  readonly queues: ReadonlyMap<string, ReadonlyArray<number>>;
  /**
   * Versions up to this one are spent, though nothing here may have them: no change that failed on its way had a later
   * one, and no tombstone that is gone by now.
   */
  readonly spentVersion: number;
  /** What came of commands that were stored, by their requests. */
  readonly stored: Recent<StoreOutcome>;
  readonly syncs: Pending<Sync>;
  readonly tasks: Pending<Task>;
  readonly count: number;
  readonly remembered: Remembered;
}

/** With whom this process keeps what, as its storage knows it. */
export interface Remembered {
  /** Null: not known, since the storage did not do what it was last told. */
  readonly company: ReadonlyArray<Company> | null;
  /** What it is being told; null: nothing. */
  readonly writing: ReadonlyArray<Company> | null;
  /** When it is told again; never, where nothing failed. */
  readonly retryAt: Millis;
  /** In a row. */
  readonly failures: number;
}

/** A virtual node of this process. */
export interface Seat {
  readonly claim: (Arc & { readonly epoch: Epoch }) | null;
  readonly near: ReadonlyArray<Address>;
}

export interface Piece extends Arc {
  readonly node: number;
  /** The pull at whose end it may be answered for from here alone; null: it may be now. */
  readonly pull: number | null;
}

/** What others may have of an arc that was gained, until this process has it. */
export interface Pull extends Arc {
  readonly id: number;
  readonly node: number;
  /** Whether it is known whom to ask: until then this process knows nobody else, and has to wait. */
  readonly begun: boolean;
  /** Who is still to be asked. */
  readonly sources: ReadonlyArray<Address>;
  /** Who was asked, or was gone, before others were waited for: not asked again if one of these names it. */
  readonly asked: ReadonlyArray<Address>;
  /** The one that had it all, and has handed it over. */
  readonly giver: Address | null;
  /** How many of the sources need not be asked; null: it is not known who kept the arc. */
  readonly spare: number | null;
  /** All were down: who cannot be reached is still to come back, and does not count as having nothing. */
  readonly returning: boolean;
  /** What those that were asked still await themselves: this process awaits it, too, when all have been asked. */
  readonly beyond: ReadonlyArray<Awaited>;
  readonly sync: number | null;
  readonly retryAt: Millis;
  /** In a row, of all sources. */
  readonly failures: number;
}

/** An arc that another has now, or this process itself again. */
export interface Handed extends Arc {
  readonly to: Address;
  readonly epoch: Epoch;
  /** Whether all of it was here. */
  readonly whole: boolean;
  /** Of what was not here, who was still to be asked for it. */
  readonly awaited: ReadonlyArray<Awaited>;
  /** The lease ran out: nobody has it now. */
  readonly lapsed: boolean;
  /** The other side has not said yet that it has all. */
  readonly owed: boolean;
}

/** A process that keeps what a virtual node owns, and when the two are compared next. */
export interface Repair {
  readonly node: number;
  readonly holder: Address;
  readonly dueAt: Millis;
  readonly sync: number | null;
  /** In a row. */
  readonly failures: number;
  /** It was compared, and nothing is known that it has missed since that was begun. */
  readonly whole: boolean;
  /** It has missed something since the latest comparison was begun. */
  readonly missedSince: boolean;
}

/** Copies of what this process neither owns nor keeps for another. */
export interface Strays {
  readonly dueAt: Millis;
  readonly left: ReadonlyArray<Arc>;
  readonly current: Stray | null;
}

export interface Stray {
  readonly arc: Arc;
  /** Who is to have it all before it is dropped; null: not known yet. */
  readonly holders: ReadonlyArray<Address> | null;
}

/** Looking for tombstones that have been kept long enough. */
export interface Expiry {
  readonly dueAt: Millis;
}

/** What is to be done with the answer to an effect. */
export interface Task {
  readonly rid: TaskId;
  /** Calls fail then; what storage does has no end. */
  readonly expiresAt: Millis;
  readonly purpose: Purpose;
}

export type Purpose =
  | { readonly _tag: "Gather"; readonly operation: number; readonly source: Address | null }
  | { readonly _tag: "Keep"; readonly operation: number; readonly version: number }
  | {
      readonly _tag: "CopyOne";
      readonly operation: number;
      readonly version: number;
      readonly holder: Address;
      readonly node: number;
    }
  /** `listing`: what a comparison has found so far, where the parts that differ are being listed. */
  | {
      readonly _tag: "Serve";
      readonly serving: number;
      readonly from: Address;
      readonly call: StoreCall;
      readonly listing: ReadonlyArray<Difference["_tag"]> | null;
    }
  | { readonly _tag: "SyncStep"; readonly sync: number }
  | { readonly _tag: "StrayCount" }
  | { readonly _tag: "StrayOwner" }
  | { readonly _tag: "StrayDrop" }
  | { readonly _tag: "Expire" }
  | { readonly _tag: "Remember" }
  | { readonly _tag: "Nothing" };

export const tasksMax = 65_536;
const syncsMax = 64;

/** Of how many commands it is remembered what came of them, so that one that comes again is not done again. */
const storedMax = 4_096;

const noQueues: StoreState["queues"] = new Map();

/** A store that claims nothing yet. */
export function initialStore(settings: StoreSettings, at: Millis): StoreState {
  return {
    settings,
    seats: [],
    pieces: [],
    pulls: [],
    handed: [],
    tenancies: [],
    repairs: [],
    // What an earlier life kept may be missing elsewhere: it is offered soon.
    strays: { dueAt: at + 4 * settings.intervalMs, left: [], current: null },
    expiry: { dueAt: at + expiryMs(settings) },
    operations: pending.empty(Math.min(settings.operationsMax, tasksMax)),
    queues: noQueues,
    spentVersion: 0,
    stored: recent.empty(storedMax),
    syncs: pending.empty(syncsMax),
    tasks: pending.empty(tasksMax),
    count: 0,
    remembered: {
      company: settings.company,
      writing: null,
      retryAt: Number.POSITIVE_INFINITY,
      failures: 0,
    },
  };
}

/** How long another store is waited for, where so many bytes of values are on their way. */
export function callMs({ intervalMs }: StoreSettings, valueBytes = 0): Millis {
  return Math.max(4 * intervalMs, 2_000) + Math.min(valueBytes, valueBytesMost) / bytesPerMs;
}

/** 512 KiB a second: what a body has of a way of half a second, there and back. */
const bytesPerMs = 524.288;

/** Between two comparisons of an owner with one that keeps its entries. */
export function repairMs({ intervalMs }: StoreSettings): Millis {
  return 20 * intervalMs;
}

/** How long until what failed so often in a row is tried again: twice as long each time. */
export function againMs(failures: number, leastMs: Millis, mostMs: Millis): Millis {
  return Math.min(leastMs * 2 ** (failures - 1), mostMs);
}

/** Between two looks for copies that nobody wants. */
export function strayMs({ intervalMs }: StoreSettings): Millis {
  return 30 * intervalMs;
}

/** An owner that has not spoken for so long may have others keep its entries. */
export function holdingMs(settings: StoreSettings): Millis {
  return 3 * repairMs(settings);
}

/** A claim that was not heard of for so long stops nobody: whoever held an earlier one has lost its lease by then. */
export function fenceMs({ intervalMs }: StoreSettings): Millis {
  return 40 * intervalMs;
}

export function expiryMs({ tombstoneMs }: StoreSettings): Millis {
  return Math.min(tombstoneMs / 8, 3_600_000);
}

/** Whether a tombstone has been kept long enough. */
export function expired(
  { deletedAtMs }: Pick<EntryHead, "deletedAtMs">,
  wall: Millis,
  settings: StoreSettings,
): boolean {
  return deletedAtMs !== null && deletedAtMs + settings.tombstoneMs <= wall;
}
