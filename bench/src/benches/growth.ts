import { flaw } from "@chordnet/simulator";
import { curve, type Law } from "../figures/curve.js";
import type { Figure } from "../figures/figure.js";
import { answerLaw, answerMsBy, SimulatedRing } from "../simulated-ring.js";

export interface GrowthSetting {
  /** The largest ring has two to the power of this many nodes, 4 at least. */
  readonly log2Most: number;
}

/** How figures grow with the ring, each beside what the papers say of Chord. */
export function growth({ log2Most }: GrowthSetting): Figure[] {
  const sizes = Array.from({ length: log2Most - 3 }, (_, i) => 2 ** (4 + i));
  const measured = sizes.map(measure);
  return lawsOf(measured).flatMap((law) => curve(law, measured, ({ nodes }) => ({ nodes })));
}

function lawsOf(measured: ReadonlyArray<Size>): ReadonlyArray<Law<Size>> {
  const [first] = measured as [Size, ...Size[]];
  const asLog = (of: (size: Size) => number): Pick<Law<Size>, "of" | "law" | "predicted"> => ({
    of,
    law: "as log2 N",
    predicted: ({ nodes }) => (of(first) * Math.log2(nodes)) / Math.log2(first.nodes),
  });
  return [
    {
      ...{ what: "hops of a lookup by fingers alone", unit: "", of: ({ hops }) => hops },
      ...{ law: "½ log2 N", predicted: ({ nodes }) => Math.log2(nodes) / 2 },
    },
    {
      ...{ what: "from a question to its answer", unit: "ms", of: ({ answerMs }) => answerMs },
      ...{ law: answerLaw, predicted: ({ nodes }) => answerMsBy(nodes) },
    },
    { what: "messages of an idle node", unit: "/s", ...asLog(({ messagesPerS }) => messagesPerS) },
    { what: "bytes of an idle node", unit: "B/s", ...asLog(({ bytesPerS }) => bytesPerS) },
    { what: "memory of a node", unit: "KB", ...asLog(({ kilobytes }) => kilobytes) },
    { what: "ideal again after a quarter crashed", unit: "intervals", ...asLog(({ healed }) => healed) },
  ];
}

interface Size {
  readonly nodes: number;
  readonly hops: number;
  readonly answerMs: number;
  readonly messagesPerS: number;
  readonly bytesPerS: number;
  readonly kilobytes: number;
  readonly healed: number;
}

/** As long as nothing changes, fingers are looked up ever more rarely: by then, once in sixteen intervals. */
const settledAfterIntervals = 60;

function measure(nodes: number): Size {
  const ring = new SimulatedRing({ nodes, routesMax: 1 });
  const { intervalMs } = ring.simulation.config.ring;
  ring.simulation.run(settledAfterIntervals * intervalMs);
  const spent = ring.rest(5 * intervalMs);
  const { hops, answerMs } = ring.walk(2000, 5 * intervalMs);
  ring.crash(0.25);
  const crashedAt = ring.simulation.now;
  for (let i = 0; i < 200 && flaw(ring.simulation) !== null; i++) ring.simulation.run(intervalMs / 4);
  return {
    nodes,
    hops,
    answerMs,
    messagesPerS: spent.messages / nodes / 5,
    bytesPerS: spent.bytes / nodes / 5,
    kilobytes: memoryOf(nodes),
    healed: (ring.simulation.now - crashedAt) / intervalMs,
  };
}

/** Of so many rings that chance in the heap does not count. */
function memoryOf(nodes: number): number {
  const before = heapBytes();
  const rings = Array.from(
    { length: Math.max(1, 2048 / nodes) },
    () => new SimulatedRing({ nodes, routesMax: 1 }),
  );
  for (const { simulation } of rings) simulation.run(2 * simulation.config.ring.intervalMs);
  return (heapBytes() - before) / 1000 / nodes / rings.length;
}

/** After a collection: node runs with --expose-gc. */
function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
