import { type Figure, figure } from "../figures/figure.js";
import { Fleet, workerScript } from "../fleet/fleet.js";
import type { Many, ManySetting } from "../workers/many.js";

export interface MemorySetting {
  /** Nodes over TCP in one process; ten times as many over memory. */
  readonly nodes: number;
}

/** A thousand nodes that speak every second are more than one processor can carry while they join. */
const intervalMs = 5000;

/** Many nodes in one process: what each takes, and how soon they are a ring. */
export async function memory({ nodes }: MemorySetting): Promise<Figure[]> {
  const ring = await many({ kind: "tcp", count: nodes, intervalMs });
  const peer = await many({ kind: "dht-rpc", count: nodes / 10, intervalMs: 0 });
  const large = await many({ kind: "memory", count: 10 * nodes, intervalMs: 60_000 });
  const what = "memory of a node over TCP, unused connections closed";
  const resident = figure(what, ring.quietMb, "MB", { of: "value", most: 0.15 });
  const ratio = ring.quietMb / peer.quietMb;
  return [
    { ...resident, nodes, beside: { what: "dht-rpc 6.27, over UDP", value: peer.quietMb }, ratio },
    { ...figure("the same, as soon as they are a ring", ring.residentMb, "MB"), nodes },
    ideal(nodes, ring),
    {
      ...figure("memory of a node over memory", large.heapKb, "KB", { of: "value", most: 30 }),
      nodes: 10 * nodes,
    },
    { ...figure("all started over TCP, 8 at a time", ring.startS, "s"), nodes },
  ];
}

function ideal(nodes: number, { idealS }: Many): Figure {
  const what = "ideal after the last start, over TCP";
  return { ...figure(what, idealS ?? Number.POSITIVE_INFINITY, "s", { of: "value", most: 15 }), nodes };
}

async function many(setting: ManySetting): Promise<Many> {
  await using fleet = new Fleet(1, workerScript("many"), 1);
  return await fleet.asker.ask("start", setting);
}
