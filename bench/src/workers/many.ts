import { Network } from "@chordnet/transport-memory";
import { tcp } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";
import DHT from "dht-rpc";
import { serve } from "./serve.js";

/** Many nodes in one process. */
export interface ManySetting {
  readonly kind: "tcp" | "memory" | "dht-rpc";
  readonly count: number;
  readonly intervalMs: number;
  /** A member in another process, where the ring has begun there. */
  readonly seed: string | null;
}

export interface Opened {
  readonly startS: number;
  /** Where to find the first of them. */
  readonly first: string | null;
}

/** By node, beyond what the process had before. */
export interface Taken {
  /** After one collection. */
  readonly residentMb: number;
  /** What the heap and the memory beside it hold, without what is free in them. */
  readonly heapKb: number;
}

/** Where a node believes that it stands. */
export interface Standing {
  readonly id: string;
  readonly from: string | null;
  /** As far as lists reach that all keep. */
  readonly successors: ReadonlyArray<string>;
}

const startedAtOnce = 8;
/** Whom a join does not reach in time asks again after an interval. */
const patience = { leastMs: 60_000, intervals: 5 };
/** Whoever has just joined looks round for some fifty intervals of the ring over TCP. */
const quietMs = { least: 270_000, most: 600_000 };
/**
 * How long an unused connection stays open: longer than an interval over TCP, so that neighbours stay connected. While
 * a ring grows, most are of no use to anybody at once.
 */
const idleMs = 3_000;
const listed = 8;

const before = await memory();
let rings: ReadonlyArray<ChordNet> = [];
let count = 0;

await serve({
  open: async (setting: ManySetting): Promise<Opened> => {
    const begin = performance.now();
    count = setting.count;
    if (setting.kind === "dht-rpc") await hashTables(count);
    else rings = await members(setting);
    return { startS: (performance.now() - begin) / 1000, first: rings[0]?.address ?? null };
  },
  standings: (): Standing[] => rings.map(standing),
  taken: async (): Promise<Taken> => {
    const now = await memory();
    const residentMb = (now.resident - before.resident) / 1e6 / count;
    return { residentMb, heapKb: (now.heap - before.heap) / 1e3 / count };
  },
  /** Resident, in MB, after as many collections as give something back: one leaves half-empty pages as they are. */
  compact: async (): Promise<number> => {
    let { resident } = await memory();
    for (let last = Number.POSITIVE_INFINITY; resident < last; ) {
      last = resident;
      resident = Math.min(last, (await memory()).resident);
    }
    return (resident - before.resident) / 1e6 / count;
  },
  quiet: untilQuiet,
});

/**
 * After a collection: node runs with --expose-gc. V8 gives back what is free in a thread of its own, and takes a while
 * for it.
 */
async function memory(): Promise<{ readonly resident: number; readonly heap: number }> {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  let resident = process.memoryUsage.rss();
  for (let before = Number.POSITIVE_INFINITY; resident < before; ) {
    before = resident;
    await new Promise((resolve) => setTimeout(resolve, 500));
    resident = Math.min(before, process.memoryUsage.rss());
  }
  return { resident, heap: heapUsed + external };
}

async function members({ kind, count, intervalMs, seed }: ManySetting): Promise<ChordNet[]> {
  const network = new Network();
  const timeoutMs = Math.max(patience.leastMs, patience.intervals * intervalMs);
  const rings = Array.from({ length: count }, (_, i) => {
    const transport =
      kind === "tcp" ? tcp({ host: "127.0.0.1", port: 0 }) : network.transport({ name: `n${i}` });
    return new ChordNet({ transport, intervalMs, linkLimits: { idleMs } });
  });
  await (seed === null ? rings[0]?.create() : rings[0]?.join(seed, { timeoutMs }));
  // Each joins through one that has long been a member, whichever that is.
  const join = async (i: number): Promise<void> => {
    const known = rings[Math.floor(Math.random() * Math.max(1, i - startedAtOnce))] as ChordNet;
    await rings[i]?.join(known.address, { timeoutMs });
  };
  let next = 1;
  const joiner = async (): Promise<void> => {
    while (next < count) await join(next++);
  };
  await Promise.all(Array.from({ length: startedAtOnce }, joiner));
  return rings;
}

async function hashTables(count: number): Promise<void> {
  const host = "127.0.0.1";
  const first = new DHT({ bootstrap: [], ephemeral: false, firewalled: false, host, port: 0 });
  await first.fullyBootstrapped();
  const bootstrap = [{ host, port: first.address().port }];
  for (let i = 1; i < count; i++) {
    const node = new DHT({ bootstrap, ephemeral: false, firewalled: false, host, port: 0 });
    await node.fullyBootstrapped();
  }
}

/** Connections that nobody needs any more are closed: for a while, none has been. */
async function untilQuiet(): Promise<void> {
  if (rings.length === 0) return;
  const begin = performance.now();
  for (let before = Number.POSITIVE_INFINITY; performance.now() - begin < quietMs.most; ) {
    const now = rings.reduce((sum, ring) => sum + ring.status().connections.length, 0);
    if (now >= before) return;
    before = performance.now() - begin < quietMs.least ? Number.POSITIVE_INFINITY : now;
    await new Promise((resolve) => setTimeout(resolve, 30_000));
  }
}

function standing(ring: ChordNet): Standing {
  const [node] = ring.status().nodes;
  if (node === undefined) throw new Error("a node without a state");
  const successors = node.successors.slice(0, listed).map(({ id }) => id);
  return { id: node.id, from: node.claim?.from ?? null, successors };
}
