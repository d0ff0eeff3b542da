import type { RangeReason } from "@chordnet/core";
import type { Key } from "../api.js";

/**
 * How what an application keeps for its keys follows them to their next owner.
 *
 * @category api
 */

/** Keys that changed hands: those from `from` (exclusive) clockwise to `to` (inclusive). */
export interface HandoverRange {
  readonly from: string;
  readonly to: string;
  /** Whether the key is one of them. */
  has(key: Key): boolean;
  /** The epoch of the new owner's claim. */
  readonly epoch: number;
  /** The other side's address. */
  readonly peer: string;
  /** Aborted when the time is over, or the other side gone. */
  readonly signal: AbortSignal;
}

export interface TakenRange extends HandoverRange {
  /** How the range came here. */
  readonly reason: RangeReason;
  /** What the other side's `give` gave, cut as it suits the network. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** How what the application keeps for its keys follows them. */
export interface Handover {
  /**
   * Gives what is kept for the range, which is another's now. Called when all handlers for its keys have ended; again
   * where it was interrupted. Keep the copy.
   */
  give(range: HandoverRange): AsyncIterable<Uint8Array>;
  /**
   * Takes it. Until this resolves no request for the range is handled here. When the stream breaks off `chunks` throws,
   * and `take` is called again, from the beginning.
   */
  take(range: TakenRange): Promise<void>;
  /** The new owner has it all: the copy is not needed any more. */
  given?(range: HandoverRange): void | Promise<void>;
  /** After this long the new owner goes on with what it has; 10,000 unless told. */
  readonly timeoutMs?: number | undefined;
}
