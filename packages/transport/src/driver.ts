import type { Either } from "fp-ts/lib/Either.js";
import type { AddressError } from "./address.js";
import type { Refusal } from "./transport.js";

/**
 * What the author of a transport writes: byte streams to addresses. `transportOf` adds everything else. Whoever
 * writes one runs the suite under `@chordnet/transport/conformance` on it.
 */
export interface Driver {
  readonly scheme: string;
  /** The one spelling under which a peer is known: `addressBytesMax` at most. */
  canonical(address: string): Either<AddressError, string>;
  /**
   * What a client shows in its hello, and by which a listener lets a client in that proves nothing else: at most 255
   * bytes of UTF-8. `null`, or missing: there is none.
   */
  token?(): string | null;
  /** Connects to a canonical address. Never rejects; once `signal` aborted, nothing may stay open. */
  dial(address: string, options: DialOptions): Promise<Either<DialFailure, RawSocket>>;
  /** `null` for one that only dials. Rejects with a `TransportError`. */
  readonly listen: ((onSocket: (socket: RawSocket) => void) => Promise<Listener>) | null;
}

export interface DialOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface DialFailure {
  /** `refused` only where every address of the peer refused: it is taken as proof that the peer is dead. */
  readonly reason: "refused" | "unreachable" | "timeout" | "protocol" | "rejected";
  readonly detail: string;
  /** With `rejected`: one of the two did not accept the other's credentials. */
  readonly refused?: Refused;
}

/** One side does not want the other, and which. */
export interface Refused {
  readonly by: "us" | "them";
  readonly refusal: Refusal;
}

export interface Listener {
  /** Canonical, as others dial it. */
  readonly address: string;
  /** Accepts nothing more; resolves when its handle and those of its sockets are gone. */
  close(): Promise<void>;
}

/** A byte stream both ways. It never calls its handlers from inside one of its own methods. */
export interface RawSocket {
  /** The other end as the network names it, for logs. */
  readonly remote: string;
  /** Its host alone, by which connections that were accepted are counted; `null`: they are not. */
  readonly remoteHost: string | null;
  /**
   * Whether the other end has proved that it may speak for the address (`null`: for a client), or why not. Asked when
   * the connection is there, and before anything is made of what it brings. Missing: the connection proves nothing.
   */
  judge?(address: string | null): Refusal | null;
  /** Called once, at the latest in the microtask that follows; nothing that came before may be lost. */
  attach(handlers: SocketHandlers): void;
  /**
   * Sends the chunks in order. `true`: they were taken, and their memory may be reused. `false`: their memory is in
   * use until `onDrained` is called, once; until then every further write returns `false`, too.
   */
  write(chunks: ReadonlyArray<Uint8Array>): boolean;
  /** Stops reading, so that the other side's writes stop draining. */
  pause(): void;
  resume(): void;
  /** Sends what was written, then ends; what the other side still sends arrives until it ends, too. */
  end(): void;
  /** Ends at once, written or not. */
  destroy(): void;
}

export interface SocketHandlers {
  /** The chunk is valid during the call only. */
  onChunk(chunk: Uint8Array): void;
  onDrained(): void;
  /**
   * Exactly once, whoever ended it, when the handle is gone. `refused`: it never came about, for want of credentials.
   */
  onClosed(refused?: Refused): void;
}
