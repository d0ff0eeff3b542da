import type { Arc } from "../arc.js";
import { arcLength } from "../arc.js";
import type { Space } from "../identifier.js";
import type { Epoch } from "../message.js";
import type { Address } from "../peer.js";
import type { Digest } from "./digest.js";
import type { Entry, EntryHead, EntryName } from "./entry.js";

/**
 * What the stores of two processes ask of each other: each call has one answer, or fails. Bodies are bounded: by
 * `batchBytes`, or one entry where that alone has more.
 *
 * @category store
 */
export type StoreCall = Copy | Fetch | Compare | Release;

/**
 * The caller's claim, in whose name it calls. Who has heard of a later one for any of its keys refuses. Null: the
 * caller claims nothing, and has something to offer.
 */
export interface Standing extends Arc {
  readonly epoch: Epoch;
  /** Whether the caller counts who is asked among those that keep what it owns. */
  readonly holder: boolean;
}

/** Keep these, where nothing later is there. */
export interface Copy {
  readonly _tag: "Copy";
  readonly standing: Standing | null;
  readonly entries: ReadonlyArray<Entry>;
}

/** What is there under these names? */
export interface Fetch {
  readonly _tag: "Fetch";
  readonly standing: Standing | null;
  readonly names: ReadonlyArray<EntryName>;
}

/** Where do we differ? No more than `partsMax` parts. */
export interface Compare {
  readonly _tag: "Compare";
  readonly standing: Standing | null;
  readonly parts: ReadonlyArray<ComparedPart>;
}

export interface ComparedPart extends Arc {
  readonly digest: Digest;
}

/** The caller owns the arc now, which is a part of its claim, and has all that the other side had of it. */
export interface Release {
  readonly _tag: "Release";
  readonly standing: Standing;
  readonly arc: Arc;
  /** Whether nobody else is still to be asked for it, or to come back. */
  readonly whole: boolean;
}

export type StoreAnswer = Copied | Fetched | Compared | Released | Refused;

/** All of it is as durable as that store makes it. */
export interface Copied {
  readonly _tag: "Copied";
  /** The highest version that stood in the way of one of the entries; 0: none did. */
  readonly above: number;
}

export interface Fetched {
  readonly _tag: "Fetched";
  /** In the order of the names; null: nothing, not even a tombstone. */
  readonly entries: ReadonlyArray<Entry | null>;
  /** Whether this was the arc's last owner and had all that was acknowledged: then there is nobody else to ask. */
  readonly complete: boolean;
  readonly awaited: ReadonlyArray<Awaited>;
}

export interface Compared {
  readonly _tag: "Compared";
  readonly parts: ReadonlyArray<Difference>;
  readonly complete: boolean;
  readonly awaited: ReadonlyArray<Awaited>;
  /** Who keeps what is in these parts, by the word of who owns them all; null: they are not all its own. */
  readonly holders: ReadonlyArray<Address> | null;
}

/** An arc that this process keeps, and the other processes that may have what it has not of it. */
export interface Company extends Arc {
  readonly others: ReadonlyArray<Address>;
  /** How many of them may stay away: what was acknowledged is with the rest. */
  readonly spare: number;
}

/** An arc of which a process has not been through all: what it has, or had when it handed it to who asks. */
export interface Awaited extends Arc {
  /** Who is still to be asked. */
  readonly others: ReadonlyArray<Address>;
  /** How many of them may stay away; null: it is not known who kept the arc. */
  readonly spare: number | null;
  /** All were down: who cannot be reached is still to come back, and does not count as having nothing. */
  readonly returning: boolean;
}

/** `Listed`: what is there. `Split`: there is too much to list, compare smaller parts. */
export type Difference =
  | { readonly _tag: "Same" }
  | { readonly _tag: "Split" }
  | { readonly _tag: "Listed"; readonly heads: ReadonlyArray<EntryHead> };

export interface Released {
  readonly _tag: "Released";
}

export interface Refused {
  readonly _tag: "Refused";
  readonly reason: Refusal;
}

/**
 * `stale`: a later claim is known. `full`: the disk has no room. `quota`: that store may not hold more. `overloaded`:
 * too many calls at once. `failed`: its storage did not do it.
 */
export type Refusal = "stale" | "full" | "quota" | "overloaded" | "failed";

/** Values of one call together, unless it is a single one. */
export const batchBytes = 262_144;

/** Entries or names of one call. */
export const batchEntries = 256;

/** Arcs that an answer names as not gone through. */
export const awaitedMax = 64;

/** Processes that may have more of an arc. */
export const othersMax = 64;

export const partsMax = 16;

const listedMax = 256;

/** A part that differs is listed where neither side has many entries there; a single point can't be split. */
export function isListed(space: Space, part: Arc, entries: number): boolean {
  return entries <= listedMax || arcLength(space, part) === 1n;
}
