import type { Arc } from "../arc.js";
import type { Millis } from "../message.js";
import type { Address } from "../peer.js";
import type { ComparedPart } from "./call.js";
import type { EntryHead, EntryName } from "./entry.js";

/**
 * Two processes compare what they hold of an arc, and what one of them lacks is sent: from the whole arc down to the
 * parts that differ. One step after another: never more than one call, or one batch, at a time.
 */
export interface Sync extends Arc {
  readonly rid: number;
  readonly expiresAt: Millis;
  readonly peer: Address;
  readonly why: Why;
  /** Parts that are still to be compared. */
  readonly left: ReadonlyArray<Arc>;
  /** What the other side has and this one lacks, and the other way round. */
  readonly wants: ReadonlyArray<EntryHead>;
  readonly gives: ReadonlyArray<EntryHead>;
  readonly stage: Stage;
  /** What the other side said of who keeps the arc, the last time. */
  readonly holders: ReadonlyArray<Address> | null;
}

/** To what end. */
export type Why =
  /** To have what the last owner, or those that kept it, had. */
  | { readonly _tag: "Pull"; readonly pull: number; readonly node: number }
  /** To have an owner and a keeper hold the same. */
  | { readonly _tag: "Repair"; readonly node: number }
  /** To have the right ones keep what lies about here: the owner first, then the others that are to keep it. */
  | { readonly _tag: "Offer"; readonly to: "owner" | "keeper" };

/** What is waited for. */
export type Stage =
  | { readonly _tag: "Digests"; readonly arcs: ReadonlyArray<Arc> }
  | { readonly _tag: "Compared"; readonly parts: ReadonlyArray<ComparedPart> }
  | {
      readonly _tag: "Heads";
      readonly arcs: ReadonlyArray<Arc>;
      readonly theirs: ReadonlyArray<ReadonlyArray<EntryHead>>;
    }
  | { readonly _tag: "Fetched"; readonly names: ReadonlyArray<EntryName> }
  | { readonly _tag: "Kept" }
  | { readonly _tag: "Read" }
  | { readonly _tag: "Copied" };
