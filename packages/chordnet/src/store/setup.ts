import { valueBytesMost } from "@chordnet/core";
import type { Storage } from "@chordnet/storage";
import { memoryStorage } from "@chordnet/storage";
import { badOption, flag, integer, object, withMethods } from "../checks.js";
import { copiesMost } from "./command-wire.js";

/** How a member keeps the values of `store`. */
export interface StoreOptions {
  /** Where they lie: in memory unless told. */
  readonly storage?: Storage | undefined;
  /** How many processes keep each value, its owner among them, where there are so many: 1 to 32; 3 unless told. */
  readonly copies?: number | undefined;
  /** Where there are fewer processes than this nothing is put or deleted: 1 to `copies`; 1 unless told. */
  readonly copiesMin?: number | undefined;
  /** The longest value: up to 16,000,000 bytes; 1 MiB unless told. */
  readonly valueBytesMax?: number | undefined;
  /**
   * How long it is remembered that something was deleted: a folder that was away for longer must not come back. An hour
   * at least, as copies that lie in the wrong place go only after some minutes; a week unless told.
   */
  readonly tombstoneMs?: number | undefined;
  /**
   * Whoever was down together with this process, and is not back, is gone for good: what only they had is given up.
   * False unless told.
   */
  readonly othersGone?: boolean | undefined;
}

/** The same, checked and complete. */
export interface StoreSetup {
  readonly storage: Storage;
  readonly copies: number;
  readonly copiesMin: number;
  readonly valueBytesMax: number;
  readonly tombstoneMs: number;
  readonly othersGone: boolean;
  readonly operationsMax: number;
}

/** Copies in the wrong place lie there for up to 120 intervals, and would bring back what had no tombstone any more. */
const tombstoneMsLeast = 3_600_000;

/** Commands under way at one owner. */
const operationsMax = 1_024;

/** Throws `BAD_OPTION`. */
export function storeSetup(given: StoreOptions = {}): StoreSetup {
  object("store", given, ["storage", "copies", "copiesMin", "valueBytesMax", "tombstoneMs", "othersGone"]);
  const copies = integer("store.copies", given.copies ?? 3, 1, copiesMost);
  const tombstoneMs = given.tombstoneMs ?? 604_800_000;
  if (!(typeof tombstoneMs === "number" && tombstoneMs >= tombstoneMsLeast))
    throw badOption("store.tombstoneMs", tombstoneMs, "3,600,000 milliseconds (an hour) or more");
  return {
    storage: withMethods("store.storage", given.storage ?? memoryStorage(), ["open"]),
    copies,
    copiesMin: integer("store.copiesMin", given.copiesMin ?? 1, 1, copies),
    valueBytesMax: integer("store.valueBytesMax", given.valueBytesMax ?? 1_048_576, 1, valueBytesMost),
    tombstoneMs,
    othersGone: flag("store.othersGone", given.othersGone ?? false),
    operationsMax,
  };
}
