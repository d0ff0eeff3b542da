import type { Dialect, RingParameters } from "@chordnet/core";
import type { Either } from "fp-ts/lib/Either.js";
import type { LinkLimits } from "./limits.js";

/**
 * The port between ChordNet and a network. A transport moves opaque frames between addresses, at most once and
 * in no promised order; it knows nothing of requests and answers.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { Network } from "@chordnet/transport-memory";
 *
 * const network = new Network();
 * const open = (name, onEvent) =>
 *   network.transport({ name }).open({
 *     incarnation: Date.now(),
 *     versions: [1, 1],
 *     describe: () => new Uint8Array(0),
 *     judge: () => null,
 *     onEvent,
 *   });
 * let arrived;
 * const arrival = new Promise((resolve) => (arrived = resolve));
 * const a = await open("a", () => undefined);
 * const b = await open("b", (event) => event._tag === "Frame" && arrived([event.peer, ...event.frame]));
 * a.send(b.address, new Uint8Array([1, 2, 3]));
 * assert.deepStrictEqual(await arrival, ["memory://a", 1, 2, 3]);
 * await Promise.all([a.close(), b.close()]);
 * ```
 */
export interface Transport {
  /** Without colon: `tcp`, `ws`, `memory`. An endpoint talks to addresses of its own scheme only. */
  readonly scheme: string;
  /** Present where it speaks for nodes that are not ChordNet's. */
  readonly foreign?: Foreign;
  /** Starts listening, if this transport listens. Rejects with a `TransportError`. */
  open(options: OpenOptions): Promise<Endpoint>;
}

/**
 * What is fixed on somebody else's wire. The transport stands for its peers: it takes frames for them, asks them in
 * their own way, and gives their answers as frames. They have no hello, and so no ring to tell of.
 */
export interface Foreign {
  readonly dialect: Dialect;
  /** The parameters that every ring on it has. */
  readonly ring: Partial<RingParameters>;
  /** Whether a lookup may end with what no owner has confirmed. */
  readonly unconfirmed: boolean;
}

export interface OpenOptions {
  /** Tells this life of the process from an earlier one at the same address: a safe integer, never falling. */
  readonly incarnation: number;
  /** Wire versions spoken, both ends included. Who has none in common with us is refused. */
  readonly versions: readonly [min: number, max: number];
  /** The opaque payload of our hello, read anew for each connection. */
  readonly describe: () => Uint8Array;
  /** Accepts a remote hello (`null`) or says why not. Must not throw. Probes are not judged. */
  readonly judge: (hello: Hello) => Refusal | null;
  /**
   * Called for everything that happens; must not throw. Never called from inside `send`, `greet` or `close`, so
   * that it may call them.
   */
  readonly onEvent: (event: TransportEvent) => void;
  readonly limits?: Partial<LinkLimits>;
}

/** What the other side of a connection said of itself. */
export interface Hello {
  readonly versions: readonly [min: number, max: number];
  /** Its advertised URL in canonical form; `null`: a client, which can't be dialled. */
  readonly address: string | null;
  readonly incarnation: number;
  readonly payload: Uint8Array;
}

/** Why a connection is not accepted: sent to the other side as one frame. Codes are stable, details are for people. */
export interface Refusal {
  readonly code: string;
  readonly detail: string;
}

/** Ring frames overtake bulk frames that wait in the same queue. */
export type Lane = "ring" | "bulk";

export interface Endpoint {
  /** The advertised URL, with the real port; `null`: this endpoint does not listen. */
  readonly address: string | null;
  /**
   * Queues a copy of `frame` for `peer`, connecting if necessary: the caller may reuse its buffer at once. Never
   * throws because of the network; what can't be sent comes back as `SendFailed`.
   *
   * @param peer a canonical URL, or the name of a connected client as events gave it
   */
  send(peer: string, frame: Uint8Array, lane?: Lane): void;
  /**
   * Whether the peer's queue would take a frame of so many bytes now, so that who has much to send can wait: of what a
   * client's queue does not take nothing comes back but its number. True for who has no queue yet. Where it is false,
   * a `Drained` follows as soon as there is more room.
   */
  hasRoom(peer: string, frameBytes: number, lane: Lane): boolean;
  /**
   * The peer does not answer: if nothing has come from it of late, its open connection is cut, since it may lead
   * nowhere any more without the system knowing; what is sent next travels on a new one.
   */
  renew(peer: string): void;
  /**
   * Learns a peer's hello: from the open connection if there is one, else by a probe that is closed again. At our own
   * address it fails as `self` where that leads to us; else it tells who answers there, or what stands in the way.
   */
  greet(address: string): Promise<Either<LinkFailure, Hello>>;
  connections(): ReadonlyArray<ConnectionInfo>;
  /**
   * Sends what can be sent at once, says goodbye and closes everything; resolves in under a second, when no handle
   * is left open. Idempotent. No event comes after it resolved.
   */
  close(): Promise<void>;
}

/**
 * Why a send or a greeting failed. `refused` proves that nothing listens at any of the peer's addresses; all others
 * leave open whether the peer lives.
 *
 * - `refused`, `unreachable`, `timeout`: it could not be dialled, or did not answer with its hello in time, or
 *   (`timeout`) stopped draining.
 * - `reset`, `closed`: the connection ended, without or with goodbye, before the frame was handed to the system.
 * - `rejected`: one side refused the other's hello: see `refusal`.
 * - `protocol`: the other side does not speak this protocol.
 * - `overloaded`: a bound of `LinkLimits` is reached. `oversized`: the frame is longer than `frameBytesMax`.
 * - `backoff`: dialling failed so recently that it was not tried again.
 * - `unknown-peer`: a client that is no longer connected. `bad-address`: not a canonical URL of this scheme.
 * - `self`: the address is our own.
 */
export type FailureReason =
  | "refused"
  | "unreachable"
  | "timeout"
  | "reset"
  | "closed"
  | "rejected"
  | "protocol"
  | "overloaded"
  | "oversized"
  | "backoff"
  | "unknown-peer"
  | "bad-address"
  | "self";

/** A failure with what is known of its cause; `detail` is for people. */
export interface LinkFailure {
  readonly reason: FailureReason;
  readonly detail: string;
  readonly refusal?: Refusal;
}

/**
 * Why the connection to a peer ended: it said goodbye (`closed`), ended without (`reset`), was not used (`idle`), did
 * not drain or lay silent when it was to be renewed (`timeout`), broke the protocol (`protocol`), was refused by one
 * side (`rejected`), or a later incarnation answers at its address (`replaced`).
 */
export type DisconnectReason = "closed" | "reset" | "idle" | "timeout" | "protocol" | "rejected" | "replaced";

export type TransportEvent =
  | { readonly _tag: "Connected"; readonly peer: string; readonly hello: Hello }
  | {
      /** `peer` was verified: we dialled it, or it answered as this incarnation when we did; or it is a client. */
      readonly _tag: "Frame";
      readonly peer: string;
      readonly incarnation: number;
      readonly client: boolean;
      /** Valid during the call only: copy what must outlive it. */
      readonly frame: Uint8Array;
    }
  /** Frames already handed to the system may or may not have arrived; those still queued come as `SendFailed`. */
  | { readonly _tag: "Disconnected"; readonly peer: string; readonly reason: DisconnectReason }
  | {
      readonly _tag: "SendFailed";
      readonly peer: string;
      readonly frames: ReadonlyArray<Uint8Array>;
      readonly reason: FailureReason;
      readonly refusal?: Refusal;
      /**
       * How many more failed that were not kept: those past a client's queue, and those for which there was no memory.
       */
      readonly dropped?: number;
      /** With `backoff`: why the last dial failed, and how long ago. */
      readonly cause?: {
        readonly reason: FailureReason;
        readonly agoMs: number;
        readonly refusal?: Refusal;
      };
    }
  /** There is more room in the queues than when `hasRoom` was last false: whoever waits for it may ask again. */
  | { readonly _tag: "Drained" }
  /** It sends faster than we read from one peer: the rest waits with it. Told as often as that happens. */
  | { readonly _tag: "HeldBack"; readonly peer: string }
  /** A connection was refused, by us or by them: for logs, and for `stale-incarnation`. */
  | {
      readonly _tag: "Rejected";
      readonly by: "us" | "them";
      /** The URL that we dialled or that the remote claims; `null` if it claims none. */
      readonly peer: string | null;
      /** Where the connection leads, as the network names it. */
      readonly remote: string;
      readonly refusal: Refusal;
    };

export interface ConnectionInfo {
  /** `null` until the remote is verified. */
  readonly peer: string | null;
  readonly remote: string;
  readonly direction: "dialled" | "accepted";
  readonly state: "handshake" | "open" | "leaving";
  readonly incarnation: number | null;
  readonly queuedBytes: number;
  readonly framesIn: number;
  readonly framesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Writes to the network: fewer than frames, since those of one tick travel together. */
  readonly writes: number;
}
