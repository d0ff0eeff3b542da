import { defaultLimits } from "@chordnet/transport";
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
}

export interface Many {
  readonly startS: number;
  /** From the last start until each node knows its place; null where nobody can tell, or not within a minute. */
  readonly idealS: number | null;
  /** Of the process, by node, beyond what it had before: when all have started, and when it is quiet. */
  readonly residentMb: number;
  readonly quietMb: number;
  readonly heapKb: number;
}

const startedAtOnce = 8;
const patienceMs = 60_000;
/** Whoever has just joined looks round for some fifty intervals. */
const quietPatienceMs = 600_000;
/** So long an unused connection stays open. */
const idleMs = defaultLimits.idleMs;

await serve({
  start: async ({ kind, count, intervalMs }: ManySetting): Promise<Many> => {
    const before = memory();
    const begin = performance.now();
    const rings = kind === "dht-rpc" ? await hashTables(count) : await members(kind, count, intervalMs);
    const started = performance.now();
    const idealS = rings === null ? null : await untilIdeal(rings);
    const after = memory();
    await untilQuiet();
    return {
      startS: (started - begin) / 1000,
      idealS,
      residentMb: (after.rss - before.rss) / 1e6 / count,
      quietMb: (memory().rss - before.rss) / 1e6 / count,
      heapKb: (after.heap - before.heap) / 1e3 / count,
    };
  },
});

/** After a collection: node runs with --expose-gc. */
function memory(): { readonly rss: number; readonly heap: number } {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}

async function members(kind: "tcp" | "memory", count: number, intervalMs: number): Promise<ChordNet[]> {
  const network = new Network();
  const rings = Array.from({ length: count }, (_, i) => {
    const transport =
      kind === "tcp" ? tcp({ host: "127.0.0.1", port: 0 }) : network.transport({ name: `n${i}` });
    return new ChordNet({ transport, intervalMs });
  });
  await rings[0]?.create();
  // Each joins through one that has long been a member, whichever that is.
  const join = async (i: number): Promise<void> => {
    const seed = rings[Math.floor(Math.random() * Math.max(1, i - startedAtOnce))] as ChordNet;
    await rings[i]?.join(seed.address, { timeoutMs: patienceMs });
  };
  let next = 1;
  const joiner = async (): Promise<void> => {
    while (next < count) await join(next++);
  };
  await Promise.all(Array.from({ length: startedAtOnce }, joiner));
  return rings;
}

async function hashTables(count: number): Promise<null> {
  const host = "127.0.0.1";
  const first = new DHT({ bootstrap: [], ephemeral: false, firewalled: false, host, port: 0 });
  await first.fullyBootstrapped();
  const bootstrap = [{ host, port: first.address().port }];
  for (let i = 1; i < count; i++) {
    const node = new DHT({ bootstrap, ephemeral: false, firewalled: false, host, port: 0 });
    await node.fullyBootstrapped();
  }
  return null;
}

async function untilIdeal(rings: ReadonlyArray<ChordNet>): Promise<number | null> {
  const begin = performance.now();
  while (performance.now() - begin < patienceMs) {
    if (isIdeal(rings)) return (performance.now() - begin) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return null;
}

/** Connections that nobody needs any more are closed: for a while, none has been. */
async function untilQuiet(): Promise<void> {
  const begin = performance.now();
  for (let before = Number.POSITIVE_INFINITY; performance.now() - begin < quietPatienceMs; ) {
    const now = process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
    if (now >= before || now === 0) return;
    before = performance.now() - begin < idleMs ? Number.POSITIVE_INFINITY : now;
    await new Promise((resolve) => setTimeout(resolve, 30_000));
  }
}

/** Whether each claims exactly what lies between the one before and itself, and lists those behind it. */
function isIdeal(rings: ReadonlyArray<ChordNet>): boolean {
  const nodes = rings
    .map((ring) => ring.status().nodes[0])
    .sort((a, b) => ((a?.id ?? "") < (b?.id ?? "") ? -1 : 1));
  const at = (i: number) => nodes[(i + nodes.length) % nodes.length];
  return nodes.every(
    (node, i) =>
      node?.claim?.from === at(i - 1)?.id &&
      node?.successors.slice(0, 8).every((successor, k) => successor.id === at(i + 1 + k)?.id),
  );
}
