import { type Aim, type Figure, figure } from "../figures/figure.js";
import { SimulatedRing, type Walked } from "../simulated-ring.js";

export interface HopsSetting {
  /** How long the large ring is asked before it counts, on the virtual clock. */
  readonly seconds: number;
}

/** Round trips of a lookup, that to its owner included: by fingers alone, and with what nodes remember. */
export function hops({ seconds }: HopsSetting): Figure[] {
  return [...small(), ...large(seconds)];
}

/** Lookups of each node before those that count. */
const each = 1000;

function small(): Figure[] {
  const nodes = 64;
  const least = 0.5 * Math.log2(nodes);
  const fingers = new SimulatedRing({ nodes, routesMax: 1 }).walk(5000, 10_000).hops;
  const ring = new SimulatedRing({ nodes });
  ring.walk(each * nodes, 60_000);
  const cached = ring.walk(5000, 10_000).hops;
  return [
    beside("64 nodes: by fingers alone", fingers, "½ log2 N", least, { of: "value", most: least + 1 }),
    beside("64 nodes: after 1,000 lookups of each", cached, "by fingers alone", fingers, {
      of: "value",
      most: 1.1,
    }),
  ];
}

/** One event a second: a crash and a join in turn. */
function large(seconds: number): Figure[] {
  const nodes = 1024;
  const least = 0.5 * Math.log2(nodes);
  const watched = (routesMax?: number): Walked => {
    const ring = new SimulatedRing(routesMax === undefined ? { nodes } : { nodes, routesMax });
    ring.churn(1, 1000 * (seconds + 5));
    // Each asks ten times a second: what nodes remember fills before it counts.
    if (routesMax === undefined) ring.walk(10 * nodes * seconds, 1000 * seconds);
    return ring.walk(10_000, 5000);
  };
  const fingers = watched(1);
  const cached = watched();
  const share = (walked: Walked): number => (100 * walked.metDead) / walked.answered;
  return [
    beside("1,024 nodes, a crash or join a second: by fingers alone", fingers.hops, "½ log2 N", least, {
      of: "value",
      most: least + 1,
    }),
    beside("1,024 nodes, a crash or join a second: default", cached.hops, "by fingers alone", fingers.hops, {
      of: "ratio",
      most: 0.6,
    }),
    figure("1,024 nodes: lookups that met a dead one, by fingers alone", share(fingers), "%"),
    figure("1,024 nodes: lookups that met a dead one, default", share(cached), "%"),
  ];
}

function beside(what: string, value: number, other: string, theirs: number, aim: Aim): Figure {
  return {
    what,
    value,
    unit: "round trips",
    beside: { what: other, value: theirs },
    ratio: value / theirs,
    aim,
  };
}
