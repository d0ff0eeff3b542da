import { type Figure, figure } from "../figures/figure.js";
import { descriptorsMost } from "../fleet/descriptors.js";
import { Fleet, workerScript } from "../fleet/fleet.js";
import type { ManySetting, Opened, Standing, Taken } from "../workers/many.js";

export interface MemorySetting {
  readonly nodes: number;
}

/** What many nodes came to: of a node in all processes. */
interface Many {
  readonly startS: number;
  /** From the last start until each node knows its place; null where nobody can tell, or not within a minute. */
  readonly idealS: number | null;
  readonly begun: Taken;
  readonly quiet: Taken;
  readonly compactMb: number;
}

/** A thousand nodes that speak every second are more than one processor can carry while they join. */
const intervalMs = 2500;

/** While a ring forms, each node has so many connections at most, in and out. */
const connectionsANode = 40;

/** Many nodes over TCP in one process, or in few where one may not have that many descriptors. */
export async function memory({ nodes }: MemorySetting): Promise<Figure[]> {
  const processes = Math.ceil((nodes * connectionsANode) / descriptorsMost());
  const ring = await many({ kind: "tcp", count: nodes, intervalMs }, processes);
  const peer = await many({ kind: "dht-rpc", count: nodes / 10, intervalMs: 0 });
  const where = processes === 1 ? "" : ` in ${processes} processes`;
  const what = `each of ${thousands(nodes)} nodes${where}, at rest`;
  const resident = figure(what, ring.quiet.residentMb, "MB", { of: "value", most: 0.15 });
  const beside = { what: "dht-rpc 6.27, over UDP", value: peer.quiet.residentMb };
  const compact = figure("after collections until none gives anything back", ring.compactMb, "MB");
  const compactPeer = { ...beside, value: peer.compactMb };
  return [
    { ...resident, beside, ratio: resident.value / beside.value },
    { ...compact, beside: compactPeer, ratio: compact.value / compactPeer.value },
    figure("as soon as they are a ring", ring.begun.residentMb, "MB"),
    figure("without what is free in the heap", ring.quiet.heapKb, "KB"),
    ideal(ring),
    figure("all started, 8 at a time", ring.startS, "s"),
  ];
}

/** Many more nodes in one process, over memory. The more they are, the more rarely each speaks. */
export async function crowd({ nodes }: MemorySetting): Promise<Figure[]> {
  const ring = await many({ kind: "memory", count: nodes, intervalMs: 30 * nodes });
  const what = `each of ${thousands(nodes)} nodes, at rest`;
  return [
    figure(what, ring.quiet.heapKb, "KB", { of: "value", most: 30 }),
    figure("as soon as they are a ring", ring.begun.heapKb, "KB"),
    figure("all started, 8 at a time", ring.startS, "s"),
  ];
}

function thousands(count: number): string {
  return count.toLocaleString("en");
}

function ideal({ idealS }: Many): Figure {
  const aim = { of: "value", most: 15 } as const;
  return figure("ideal after the last start", idealS ?? Number.POSITIVE_INFINITY, "s", aim);
}

async function many(setting: Omit<ManySetting, "seed">, processes = 1): Promise<Many> {
  const count = setting.count / processes;
  await using fleet = new Fleet(processes, workerScript("many"), processes === 1 ? 1 : 2);
  let startS = 0;
  let seed: string | null = null;
  for (const [i, worker] of fleet.workers.entries()) {
    const part = { ...setting, count: Math.floor(count * (i + 1)) - Math.floor(count * i), seed };
    const opened: Opened = await worker.ask<Opened>("open", part);
    startS += opened.startS;
    seed ??= opened.first;
  }
  const idealS = setting.kind === "dht-rpc" ? null : await untilIdeal(fleet);
  const begun = mean(await fleet.all<Taken>("taken"));
  await fleet.all("quiet");
  const quiet = mean(await fleet.all<Taken>("taken"));
  return { startS, idealS, begun, quiet, compactMb: average(await fleet.all<number>("compact")) };
}

const patienceMs = 60_000;

async function untilIdeal(fleet: Fleet): Promise<number | null> {
  const begin = performance.now();
  while (performance.now() - begin < patienceMs) {
    if (isIdeal((await fleet.all<Standing[]>("standings")).flat())) return (performance.now() - begin) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return null;
}

/** Whether each claims exactly what lies between the one before and itself, and lists those behind it. */
function isIdeal(standings: ReadonlyArray<Standing>): boolean {
  const nodes = [...standings].sort((a, b) => (a.id < b.id ? -1 : 1));
  const at = (i: number) => nodes[(i + nodes.length) % nodes.length];
  return nodes.every(
    ({ from, successors }, i) =>
      from === at(i - 1)?.id && successors.every((successor, k) => successor === at(i + 1 + k)?.id),
  );
}

function mean(parts: ReadonlyArray<Taken>): Taken {
  const of = (what: keyof Taken): number => average(parts.map((part) => part[what]));
  return { residentMb: of("residentMb"), heapKb: of("heapKb") };
}

function average(values: ReadonlyArray<number>): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
