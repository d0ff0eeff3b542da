import type { HashName } from "@chordnet/core";

/** Everything about one process, as JSON: what `status()` gives and `chordnet status` prints. */
export interface Status {
  readonly phase: string;
  /** Null while the address is not known. */
  readonly id: string | null;
  readonly address: string | null;
  readonly incarnation: number | null;
  readonly uptimeMs: number;
  /** Null while the ring is not known. */
  readonly ring: RingStatus | null;
  readonly nodes: ReadonlyArray<NodeStatus>;
  /** What the ring's store keeps here. Null while the ring is not known. */
  readonly values: ValuesStatus | null;
  readonly connections: ReadonlyArray<ConnectionStatus>;
  readonly counters: Readonly<Record<string, number>>;
  /** The lists were cut to fit into one message. */
  readonly truncated?: true;
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
  /** Whether it claims nothing because it sees fewer members than `minMembers`. */
  readonly tooFewMembers: boolean;
  /** The rest of its lease. */
  readonly leaseMs: number;
  readonly predecessor: PeerStatus | null;
  readonly successors: ReadonlyArray<PeerStatus>;
  /** Distinct nodes among the fingers, with the finger (0 to bits - 1) that points there. */
  readonly fingers: ReadonlyArray<PeerStatus & { readonly finger: number }>;
  readonly remembered: ReadonlyArray<PeerStatus>;
  /** How many peers are kept as hints for routing. */
  readonly routes: number;
  /** Requests that wait for their answer. */
  readonly pending: number;
}

export interface ValuesStatus {
  /** Values and tombstones, this process's own and copies of others'. */
  readonly entries: number;
  readonly bytes: number;
  /** Null: no quota. */
  readonly quotaBytes: number | null;
  /**
   * How many of its `copies` the worst-off of what this process owns may lack: there are too few processes, or they
   * have not been sent all of it yet. 0 in a ring at rest that is large enough. Null while one of its virtual nodes
   * claims nothing: then it is not known.
   */
  readonly copiesMissing: number | null;
  /**
   * It refuses what is to be kept: why, and since when, in milliseconds since 1970. Null as soon as something was kept
   * again, and before anything was refused.
   */
  readonly noRoom: { readonly reason: "full" | "quota"; readonly since: number } | null;
}

export interface ConnectionStatus {
  /** Null until it is known who is at the other end. */
  readonly peer: string | null;
  readonly remote: string;
  readonly direction: "dialled" | "accepted";
  readonly state: string;
  readonly queuedBytes: number;
  readonly framesIn: number;
  readonly framesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/**
 * The status in JSON, in at most `bytesMax` bytes: what is least missed is left out until it fits, first connections
 * and remembered peers, then fingers, then virtual nodes.
 */
export function statusJson(status: Status, bytesMax: number): Uint8Array {
  const encoder = new TextEncoder();
  for (const cut of cuts) {
    const bytes = encoder.encode(JSON.stringify(cut(status)));
    if (bytes.length <= bytesMax) return bytes;
  }
  return encoder.encode(
    JSON.stringify({ ...status, connections: [], nodes: [], counters: {}, truncated: true }),
  );
}

/** Reads what another node wrote so. Its fields are believed, as members are; null: it is no object in JSON. */
export function readStatus(json: Uint8Array): Status | null {
  try {
    const read: unknown = JSON.parse(new TextDecoder().decode(json));
    return typeof read === "object" && read !== null ? (read as Status) : null;
  } catch {
    return null;
  }
}

const cuts: ReadonlyArray<(status: Status) => Status> = [
  (status) => status,
  (status) => withNodes(status, 32, (node) => ({ ...node, remembered: [] })),
  (status) => withNodes(status, 32, (node) => ({ ...node, remembered: [], fingers: [] })),
  (status) => withNodes(status, 8, (node) => ({ ...node, remembered: [], fingers: [] })),
];

function withNodes(status: Status, most: number, cut: (node: NodeStatus) => NodeStatus): Status {
  const { nodes, connections } = status;
  return {
    ...status,
    connections: connections.slice(0, most),
    nodes: nodes.slice(0, most).map(cut),
    truncated: true,
  };
}
