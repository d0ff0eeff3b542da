import type { HashName } from "@chordnet/core";

/** Everything about one process, as JSON: what `status()` gives and `chordnet status` prints. */
export interface Status {
  readonly phase: string;
  readonly id: string | null;
  readonly address: string | null;
  readonly incarnation: number;
  readonly uptimeMs: number;
  readonly ring: RingStatus;
  readonly nodes: ReadonlyArray<NodeStatus>;
  readonly connections: ReadonlyArray<ConnectionStatus>;
  readonly counters: Readonly<Record<string, number>>;
}

/** The ring's parameters: the same for all its nodes. */
export interface RingStatus {
  readonly name: string;
  readonly bits: number;
  readonly hash: HashName;
  readonly successors: number;
  readonly intervalMs: number;
  readonly leaseMs: number;
}

export interface PeerStatus {
  readonly id: string;
  readonly address: string;
}

/** One virtual node. */
export interface NodeStatus {
  readonly node: number;
  readonly id: string;
  readonly address: string;
  readonly phase: string;
  /** What it claims at this moment, null: nothing. */
  readonly claim: { readonly from: string; readonly to: string; readonly epoch: number } | null;
  readonly leaseMs: number;
  readonly predecessor: PeerStatus | null;
  readonly successors: ReadonlyArray<PeerStatus>;
  /** Distinct nodes among the fingers, with the lowest finger (0 to bits - 1) that points there. */
  readonly fingers: ReadonlyArray<PeerStatus & { readonly finger: number }>;
  readonly remembered: ReadonlyArray<PeerStatus>;
  /** How many peers are kept as hints for routing. */
  readonly routes: number;
  readonly pending: number;
}

export interface ConnectionStatus {
  readonly peer: string;
  readonly direction: "in" | "out";
}
