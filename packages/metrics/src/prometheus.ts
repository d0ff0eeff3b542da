import type { Metrics, Status } from "chordnet";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Tally } from "./tallies.js";
import { tallies } from "./tallies.js";

/** Something that tells its whole state: a `ChordNet`. */
interface Told {
  status(): Status;
}

/** What a node counts and measures, in a registry of prom-client's. */
export interface Prometheus extends Metrics {
  readonly registry: Registry;
  /** From now on the registry tells of this node. Once. */
  watch(node: Told): void;
}

/**
 * The `metrics` of a `ChordNet`, and its counters, for Prometheus. No label names a peer or a key, so that their number
 * does not grow. Nothing is computed until somebody collects, but the histogram of what took how long.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { prometheus } from "@chordnet/metrics";
 * import { Network } from "@chordnet/transport-memory";
 * import { ChordNet } from "chordnet";
 *
 * const metrics = prometheus();
 * const ring = new ChordNet({ transport: new Network().transport({ name: "a" }), metrics });
 * metrics.watch(ring);
 * await ring.create();
 * await ring.lookup("user:42");
 * const text = await metrics.registry.metrics();
 * assert.match(text, /chordnet_operation_seconds_count\{operation="lookup",outcome="ok"\} 1/);
 * assert.match(text, /chordnet_owned_share 1/);
 * await ring.leave();
 * ```
 */
export function prometheus(registry: Registry = new Registry()): Prometheus {
  const operations = new Histogram({
    name: "chordnet_operation_seconds",
    help: "How long what the application asked for took, by what it was and how it ended",
    labelNames: ["operation", "outcome"],
    buckets: [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers: [registry],
  });
  return {
    registry,
    took: (operation, seconds, outcome) => operations.observe({ operation, outcome }, seconds),
    watch: (node) => {
      const status = onceATurn(() => node.status());
      for (const tally of tallies) count(registry, tally, status);
      for (const [name, help, of] of gauges) measure(registry, name, help, () => of(status()));
    },
  };
}

/** A registry collects all series in one turn: they tell of one moment, and it is looked at once. */
function onceATurn<A>(look: () => A): () => A {
  let seen: { readonly value: A } | null = null;
  return () => {
    if (seen === null) {
      seen = { value: look() };
      queueMicrotask(() => {
        seen = null;
      });
    }
    return seen.value;
  };
}

/** What is so at the moment; null: it is not known, and no series says anything of it. */
const gauges: ReadonlyArray<readonly [name: string, help: string, of: (status: Status) => number | null]> = [
  ["chordnet_member", "1: a member of a ring, 0: not", ({ phase }) => (phase === "member" ? 1 : 0)],
  ["chordnet_uptime_seconds", "Since this life began", ({ uptimeMs }) => uptimeMs / 1000],
  ["chordnet_owned_share", "The share of the ring that this process claims, from 0 to 1", ownedShare],
  [
    "chordnet_lease_seconds",
    "The rest of the lease that ends first; 0: something is not leased",
    leaseSeconds,
  ],
  [
    "chordnet_successors",
    "Entries of the shortest successor list",
    ({ nodes }) => least(nodes, "successors"),
  ],
  ["chordnet_fingers", "Distinct fingers, of all virtual nodes", ({ nodes }) => sum(nodes, "fingers")],
  [
    "chordnet_remembered_peers",
    "Peers remembered beside those in use",
    ({ nodes }) => sum(nodes, "remembered"),
  ],
  ["chordnet_pending_requests", "Requests that wait for their answer", pendingRequests],
  ["chordnet_values", "Values and tombstones that are kept here", ({ values }) => values?.entries ?? 0],
  ["chordnet_values_bytes", "Bytes that they count for", ({ values }) => values?.bytes ?? 0],
  [
    "chordnet_values_copies_missing",
    "Of what this process owns: copies that it may lack, where it lacks most; none: it is not known",
    ({ values }) => values?.copiesMissing ?? null,
  ],
  [
    "chordnet_values_no_room",
    "1: what is to be kept is refused, as the disk is full or the quota used up, 0: not",
    ({ values }) => (values?.noRoom ? 1 : 0),
  ],
  ["chordnet_connections", "Open connections", ({ connections }) => connections.length],
  ["chordnet_queued_bytes", "Bytes that wait to be written", queuedBytes],
];

type Listed = "successors" | "fingers" | "remembered";

function sum(nodes: Status["nodes"], list: Listed): number {
  return nodes.reduce((total, node) => total + node[list].length, 0);
}

function least(nodes: Status["nodes"], list: Listed): number {
  return nodes.length === 0 ? 0 : Math.min(...nodes.map((node) => node[list].length));
}

function pendingRequests({ nodes }: Status): number {
  return nodes.reduce((total, { pending }) => total + pending, 0);
}

function queuedBytes({ connections }: Status): number {
  return connections.reduce((total, connection) => total + connection.queuedBytes, 0);
}

function leaseSeconds({ nodes }: Status): number {
  if (nodes.length === 0 || nodes.some(({ claim }) => claim === null)) return 0;
  return Math.min(...nodes.map(({ leaseMs }) => leaseMs)) / 1000;
}

/** From a point to itself is the whole ring. */
function ownedShare({ nodes, ring }: Status): number {
  if (ring === null) return 0;
  const size = 2n ** BigInt(ring.bits);
  return nodes.reduce((total, { claim }) => {
    if (claim === null) return total;
    const length = BigInt.asUintN(ring.bits, BigInt(`0x${claim.to}`) - BigInt(`0x${claim.from}`));
    return total + Number(length === 0n ? size : length) / Number(size);
  }, 0);
}

function measure(registry: Registry, name: string, help: string, value: () => number | null): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const now = value();
      if (now === null) this.remove();
      else this.set(now);
    },
  });
}

function count(registry: Registry, { name, help, from, label }: Tally, status: () => Status): void {
  new Counter({
    name,
    help,
    labelNames: label === null ? [] : [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [counter, value] of Object.entries(status().counters)) {
        if (label === null && counter === from) this.inc(value);
        else if (label !== null && counter.startsWith(`${from}.`))
          this.inc({ [label]: counter.slice(from.length + 1) }, value);
      }
    },
  });
}
