import type { Body } from "../api.js";

/** How much of a body may be on its way, or wait to be consumed. */
export const windowBytes = 262_144;

/** How much of a body may have been sent by now: the sender waits here for the receiver's `Credit`. */
export class Room {
  #limit: number;
  #failure: { readonly error: unknown } | null = null;
  #wake: () => void = () => undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Late and repeated credits do no harm. */
  raise(limit: number): void {
    this.#limit = Math.max(this.#limit, limit);
    this.#wake();
  }

  /** Nobody wants the rest. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  /** How many bytes behind `offset` may be sent: at least one. Rejects when nobody wants them. */
  async behind(offset: number): Promise<number> {
    while (this.#failure === null && this.#limit <= offset) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.check();
    return this.#limit - offset;
  }

  check(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}

/** How a body is sent. */
export interface Sending {
  readonly partBytes: number;
  readonly room: Room;
  /** Gives what is to be awaited before the next part, or null. */
  send(offset: number, bytes: Uint8Array, last: boolean): Promise<void> | null;
}

/**
 * Sends a body from `offset` on, in pieces that fit into a frame, as far as there is room. Rejects with what the body
 * itself throws, or when nobody wants the rest; the source is ended then.
 */
export async function sendBody(
  body: Body,
  offset: number,
  { partBytes, room, send }: Sending,
): Promise<void> {
  let at = offset;
  const sendAll = async (bytes: Uint8Array, last: boolean): Promise<void> => {
    for (let sent = 0; sent < bytes.length; ) {
      const most = Math.min(await room.behind(at), partBytes);
      const piece = bytes.subarray(sent, sent + most);
      sent += piece.length;
      const full = send(at, piece, last && sent === bytes.length);
      at += piece.length;
      if (full !== null) await full;
    }
  };
  if (body instanceof Uint8Array) {
    if (offset < body.length) return sendAll(body.subarray(offset), true);
  } else {
    // Until somebody is going to handle it, the source is not touched: it can be given to another then.
    await room.behind(at);
    for await (const bytes of body) {
      room.check();
      await sendAll(part(bytes), false);
    }
  }
  room.check();
  await send(at, new Uint8Array(0), true);
}

/** Throws a `TypeError` for what is no part of a body, or none any more. */
export function part(bytes: unknown): Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw new TypeError("a body consists of Uint8Arrays");
  if (isDetached(bytes)) throw new TypeError("the bytes of a body were transferred elsewhere");
  return bytes;
}

/** Whether it is a body that comes in parts. */
export function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

/** Whether its bytes were given away, to another thread for instance. It is empty then, as others may be, too. */
export function isDetached(bytes: Uint8Array): boolean {
  if (bytes.length > 0) return false;
  try {
    new Uint8Array(bytes.buffer);
    return false;
  } catch {
    return true;
  }
}

/**
 * Nobody reads the rest of it. A stream of Node's keeps its file or socket open until it is told so, where it was never
 * iterated.
 */
export function dispose(body: Body | null): void {
  (body as Partial<AsyncDisposable> | null)?.[Symbol.asyncDispose]?.().then(undefined, tellNobody);
}

/** Whoever reads hears why it ended; what the source says to being ended adds nothing to that. */
export function tellNobody(): void {}

/** A response: all at once, or as it comes. */
export type Answer = Uint8Array | AsyncIterableIterator<Uint8Array>;

export function iterable<A>(body: Uint8Array | A): A | AsyncIterableIterator<Uint8Array> {
  return body instanceof Uint8Array ? iterableOf(body) : body;
}

async function* iterableOf(bytes: Uint8Array): AsyncIterableIterator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

/** A body that comes from outside: who keeps what it reads says so, and is told by a throw where that is too much. */
export interface HeldBody extends AsyncIterableIterator<Uint8Array> {
  hold(bytes: number): void;
}

/** All of a body. Null, and the rest is not wanted, where it has more than `bytesMax` bytes. */
export async function collect(
  body: Uint8Array | (AsyncIterable<Uint8Array> & Partial<Pick<HeldBody, "hold">>),
  bytesMax: number,
): Promise<Uint8Array | null> {
  if (body instanceof Uint8Array) return body.length > bytesMax ? null : body;
  const parts: Uint8Array[] = [];
  let length = 0;
  let joined = 0;
  for await (const bytes of body) {
    length += bytes.length;
    if (length > bytesMax) return null;
    body.hold?.(bytes.length);
    parts.push(bytes);
    // Each takes some hundred bytes, however short it is.
    if (parts.length - joined === partsMost) parts.push(joinedOf(parts.splice(joined++)));
  }
  return joinedOf(parts);
}

/** So many parts of a body are kept apart while the rest of it comes. */
const partsMost = 1_024;

/** One part of many; where there is only one, that one itself. */
export function joinedOf(parts: ReadonlyArray<Uint8Array>): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
