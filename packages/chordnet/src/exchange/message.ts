import type { Epoch, Id, Millis, RequestId } from "@chordnet/core";
import { messageLimits } from "@chordnet/core";

/**
 * What the two sides of an exchange say to each other: one asks, the other answers, each with a body of any length. An
 * exchange is of two processes; which of them owns the key is not its business. `docs/PROTOCOL.md` has the bytes.
 *
 * @category exchange
 */

/** What an exchange is about: a key, or a range that changed hands. A key goes as the application wrote it. */
export type Subject = KeySubject | ValueSubject | RangeSubject | StoreSubject;

export type KeySubject =
  | { readonly _tag: "Text"; readonly key: string }
  | { readonly _tag: "Bytes"; readonly key: Uint8Array }
  | { readonly _tag: "Point"; readonly id: Id };

/** What the ring's store keeps under a key, or under a point itself: the body says what is to be done. */
export type ValueSubject =
  | { readonly _tag: "Value"; readonly key: Uint8Array }
  | { readonly _tag: "ValueAt"; readonly id: Id };

/** What one process's store asks of another's. */
export interface StoreSubject {
  readonly _tag: "Store";
}

/** What the application keeps for `(start, end]`, which changed hands under `epoch`. */
export interface RangeSubject {
  /** Give it to me; I have taken it, your copy is not needed; or: I have some of what you own, ask for it. */
  readonly _tag: "Give" | "Taken" | "Offer";
  readonly start: Id;
  readonly end: Id;
  readonly epoch: Epoch;
}

/** Begins an exchange, with the first part of the request's body. */
export interface Open {
  readonly _tag: "Open";
  readonly rid: RequestId;
  /** The request's own name: 24 hexadecimal digits, the same over all attempts to have it handled. */
  readonly id: string;
  readonly subject: Subject;
  /** How long the asker waits. */
  readonly timeoutMs: Millis;
  /** A member asks for a client of its own. */
  readonly relayed: boolean;
  readonly bytes: Uint8Array;
  /** Whether that is all. What follows is sent when there is `Credit` for it. */
  readonly last: boolean;
}

export type FaultCode =
  /** The sender does not claim the key. */
  | "not-owner"
  /** Nobody there handles requests. */
  | "no-handler"
  /** The handler threw. */
  | "handler-failed"
  /** The store cannot do it yet: those that should keep the value are silent, or it is not all here. */
  | "not-ready"
  /** As many requests are being handled as may be. */
  | "overloaded"
  /** The time that the asker gave is over. */
  | "timeout"
  /** The body is larger than the handler takes. */
  | "too-large"
  /** A member asked for a client, and lost the owner when the body could not be sent again. */
  | "interrupted"
  /** A member asked for a client, and within the time nobody claimed the key: why. */
  | "no-owner"
  /** What was said breaks the protocol. */
  | "protocol";

/** Ends an exchange without a response, or in the middle of one. */
export interface Fault {
  readonly _tag: "Fault";
  readonly rid: RequestId;
  readonly code: FaultCode;
  readonly detail: string;
}

/** A part of a body. `offset`: how many bytes of it came before. */
export interface Chunk {
  readonly _tag: "Chunk";
  readonly rid: RequestId;
  /** Whether it is of the response's body, or of the request's. */
  readonly response: boolean;
  readonly offset: number;
  readonly last: boolean;
  readonly bytes: Uint8Array;
}

/** How many bytes of a body may have been sent in all. Only the highest counts. */
export interface Credit {
  readonly _tag: "Credit";
  readonly rid: RequestId;
  readonly response: boolean;
  readonly limit: number;
}

/** The asker no longer wants the response. */
export interface Cancel {
  readonly _tag: "Cancel";
  readonly rid: RequestId;
}

export type ExchangeMessage = Open | Fault | Chunk | Credit | Cancel;

/** As much of a text as a `Fault` has room for, in one line. */
export function faultDetail(text: string): string {
  // A character of text has at most three bytes; half a surrogate pair would not fit the wire.
  const short = text.slice(0, Math.floor(messageLimits.detailBytesMax / 3));
  return short.replace(/\p{Cc}+/gu, " ").replace(/\p{Surrogate}/gu, "\ufffd");
}
