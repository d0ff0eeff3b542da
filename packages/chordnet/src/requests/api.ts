import type { Body, Key } from "../api.js";

/**
 * What an application does for the keys that its node owns.
 *
 * @category api
 */

/** What a handler is told of a request. Name what you need of it: a copy by `{ ...request }` lacks the signal. */
export interface RequestInfo {
  /** As the requester wrote it; a point of the ring as `{ id }` with hexadecimal digits. */
  readonly key: Key;
  /** The same over all attempts of one request: a request that was handled already may come again. */
  readonly id: string;
  /** The epoch of the claim under which it is handled: a fencing token. */
  readonly epoch: number;
  /** Aborted when this node does not claim the key any more, or when nobody waits for the response. */
  readonly signal: AbortSignal;
  /** The address of the member that asks; null: a client. */
  readonly from: string | null;
}

export interface KeyRequest extends RequestInfo {
  readonly bytes: Uint8Array;
}

export interface StreamRequest extends RequestInfo {
  /** To be read once. Nothing is sent that is not read, but for some 256 KiB. */
  readonly body: AsyncIterable<Uint8Array>;
}

export type RequestHandler = (request: KeyRequest) => Uint8Array | Promise<Uint8Array>;

/** May be an async generator function. */
export type StreamHandler = (request: StreamRequest) => Body | Promise<Body>;

/** What stands behind something that is done because this node owns a key. */
export interface Held {
  /** Rises whenever the key changes hands: a fencing token. */
  readonly epoch: number;
  /** Aborted when this node does not own the key any more, before another can. */
  readonly signal: AbortSignal;
}
