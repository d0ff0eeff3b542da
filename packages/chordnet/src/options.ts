import type { HashName, LookupMode, NodeLimits, Recorder } from "@chordnet/core";
import type { LinkLimits, Transport } from "@chordnet/transport";
import type { Clock, Logger, Metrics, Random } from "./ports.js";
import type { StoreOptions } from "./store/setup.js";

/** Parameters that all nodes of a ring share: set by who creates it, learned by who joins. */
export interface RingOptions {
  /** The ring's name: 1 to 64 printable ASCII characters. `chordnet` unless told. */
  readonly ring?: string | undefined;
  /** Bits of an identifier: 1 to 256; 160 unless told. */
  readonly bits?: number | undefined;
  /** `sha256` unless told. */
  readonly hash?: HashName | undefined;
  /** Length of the successor list: 1 to 32; 8 unless told. */
  readonly successors?: number | undefined;
  /** Each node speaks to its successor once in this time (with jitter): 10 to 3,600,000; 1,000 unless told. */
  readonly intervalMs?: number | undefined;
  /** How long a claim outlives its last confirmation: 1.5 to 100 intervals; 2.25 unless told. */
  readonly leaseMs?: number | undefined;
}

export interface ChordNetOptions extends RingOptions {
  /** How this node listens and dials, such as `tcp({ port: 7000 })`. */
  readonly transport: Transport;
  /** Where else it listens, for clients only: such as a `ws()` for browsers beside `tcp()` for members. */
  readonly clientTransports?: ReadonlyArray<Transport> | undefined;
  /** Identifiers that this process has on the ring: 1 to 256; 1 unless told. */
  readonly virtualNodes?: number | undefined;
  /** Bounds of its state machine: requests under way, hops, peers remembered; see `NodeLimits` of `@chordnet/core`. */
  readonly limits?: Partial<NodeLimits> | undefined;
  /** Bounds of its connections: how many, how fast, how long; see `LinkLimits` of `@chordnet/transport`. */
  readonly linkLimits?: Partial<LinkLimits> | undefined;
  /** The share by which intervals vary: 0 to 0.5; 0.1 unless told. */
  readonly jitter?: number | undefined;
  /**
   * A node that sees fewer members, itself included, claims nothing: 1 to `successors` + 1. 1 unless told: then a node
   * alone claims everything. With more than half of all members, at most one side acts of a ring that is cut in two.
   */
  readonly minMembers?: number | undefined;
  /** Whether a node whose peers all fell silent may conclude that it is alone: true unless told. */
  readonly aloneBySilence?: boolean | undefined;
  /** How lookups go where the call does not say: `recursive` unless told. */
  readonly lookupMode?: LookupMode | undefined;
  /** The deadline of lookups, requests and questions to nodes where the call does not say: 5,000 ms unless told. */
  readonly timeoutMs?: number | undefined;
  /** Silent unless told. `console` will do. */
  readonly logger?: Logger | undefined;
  /** Told how long operations take: `prometheus()` of `@chordnet/metrics`. */
  readonly metrics?: Metrics | undefined;
  /** The platform's unless told, as is `random`: for tests and simulations. */
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  /**
   * Told of every step of this node's state machine, so that it can be replayed: see `lineRecorder` of
   * `@chordnet/core`.
   */
  readonly recorder?: Recorder | undefined;
  /** How this node keeps the values of `store`: in memory, three copies of each, unless told. */
  readonly store?: StoreOptions | undefined;
}

export interface ConnectOptions {
  /** How the client dials, such as `tcp()` without options. */
  readonly transport: Transport;
  /** Nodes to ask: the first that answers, the next ones when it fails. */
  readonly via: string | ReadonlyArray<string>;
  /** The deadline of connecting, and of each call that does not say: 5,000 ms unless told. */
  readonly timeoutMs?: number | undefined;
  /** Gives up connecting when aborted: it rejects with `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
  /** Refuses a ring with another name: connecting rejects with `RING_MISMATCH`. */
  readonly ring?: string | undefined;
  /** Silent unless told. `console` will do. */
  readonly logger?: Logger | undefined;
  /** The platform's unless told, as is `random`: for tests and simulations. */
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
}
