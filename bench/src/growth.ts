import { flaw } from "@chordnet/simulator";
import type { Figure, Unit } from "./figure.js";
import { answerMsBy, SimulatedRing } from "./simulated-ring.js";

export interface GrowthSetting {
  /** The largest ring has two to the power of this many nodes. */
  readonly log2Most: number;
}

/** How figures grow with the ring, each beside what the papers say of Chord. */
export function growth({ log2Most }: GrowthSetting): Figure[] {
  const sizes = Array.from({ length: log2Most - 3 }, (_, i) => 2 ** (4 + i));
  const measured = sizes.map(measure);
  const [first] = measured;
  if (first === undefined) return [];
  const asLog = (value: number) => (nodes: number) => (value * Math.log2(nodes)) / Math.log2(first.nodes);
  const curve = (
    what: string,
    unit: Unit,
    of: (size: Size) => number,
    law: string,
    at: (nodes: number) => number,
  ) =>
    measured.map((size) =>
      point({ what, unit, value: of(size), nodes: size.nodes, law, predicted: at(size.nodes) }),
    );
  return [
    ...curve(
      "hops of a lookup by fingers alone",
      "",
      (size) => size.hops,
      "½ log2 N",
      (nodes) => Math.log2(nodes) / 2,
    ),
    ...curve(
      "from a question to its answer",
      "ms",
      (size) => size.answerMs,
      "½ log2 N messages and one back, 50 ms each",
      answerMsBy,
    ),
    ...curve(
      "messages of an idle node",
      "/s",
      (size) => size.messagesPerS,
      "as log2 N",
      asLog(first.messagesPerS),
    ),
    ...curve("bytes of an idle node", "B/s", (size) => size.bytesPerS, "as log2 N", asLog(first.bytesPerS)),
    ...curve("memory of a node", "KB", (size) => size.kilobytes, "as log2 N", asLog(first.kilobytes)),
    ...curve(
      "ideal again after a quarter crashed",
      "intervals",
      (size) => size.healed,
      "as log2 N",
      asLog(first.healed),
    ),
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

interface Point {
  readonly what: string;
  readonly unit: Unit;
  readonly value: number;
  readonly nodes: number;
  readonly law: string;
  readonly predicted: number;
}

function point({ what, unit, value, nodes, law, predicted }: Point): Figure {
  const beside = { what: law, value: predicted };
  return { what, nodes, value, unit, beside, ratio: value / predicted, aim: null };
}

/** After a collection: node runs with --expose-gc. */
function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
