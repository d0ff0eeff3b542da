import { growth } from "./benches/growth.js";
import { hops } from "./benches/hops.js";
import { idle } from "./benches/idle.js";
import { kill } from "./benches/kill.js";
import { local } from "./benches/local.js";
import { lookups, wire } from "./benches/lookups.js";
import { crowd, memory } from "./benches/memory.js";
import { requests } from "./benches/requests.js";
import { size } from "./benches/size.js";
import { stepBench } from "./benches/step.js";
import { storeBench } from "./benches/store.js";
import { turnover } from "./benches/turnover.js";
import { ws } from "./benches/ws.js";
import type { Figure } from "./figures/figure.js";
import type { Cpus } from "./fleet/cpus.js";

/** How a bench is run. */
export interface Wish {
  readonly rounds: number;
  /** How much more of everything than usual. */
  readonly times: number;
  readonly cpus: Cpus;
}

export interface Bench {
  readonly what: string;
  /** Whether it makes a difference on how many processors it runs. */
  readonly byCpus: boolean;
  /** Whether its figures are medians of rounds. */
  readonly inRounds: boolean;
  readonly run: (wish: Wish) => Figure[] | Promise<Figure[]>;
}

/** Every bench there is, by name. */
export const catalogue: Readonly<Record<string, Bench>> = {
  lookups: {
    what: "16 processes: lookups beside the wire, and beside other hash tables",
    byCpus: true,
    inRounds: true,
    run: ({ rounds, times, cpus }) => lookups({ nodes: 16, cpus, rounds, count: 10_000 * times }),
  },
  wire: {
    what: "2 processes and 16: lookups beside the wire alone; takes a minute",
    byCpus: false,
    inRounds: true,
    run: ({ rounds, times }) => wire({ rounds, count: 10_000 * times }),
  },
  requests: {
    what: "4 processes: requests beside lookups, and beside raw round trips; takes half a minute",
    byCpus: false,
    inRounds: true,
    run: ({ rounds, times, cpus }) => requests({ nodes: 4, cpus, rounds, count: 5_000 * times }),
  },
  hops: {
    what: "round trips of a lookup, in simulated rings",
    byCpus: false,
    inRounds: false,
    run: ({ times }) => hops({ seconds: 10 * times }),
  },
  growth: {
    what: "how hops, traffic, memory and healing grow with the ring, in simulated rings",
    byCpus: false,
    inRounds: false,
    run: ({ times }) => growth({ log2Most: Math.min(14, 11 + Math.floor(Math.log2(times))) }),
  },
  churn: {
    what: "what nodes that come and go cost a simulated ring; takes minutes",
    byCpus: false,
    inRounds: false,
    run: ({ times }) => turnover({ nodes: 256, minutes: 3 * times }),
  },
  local: {
    what: "keys that the asking node owns itself: no message",
    byCpus: false,
    inRounds: true,
    run: ({ rounds, times }) => local({ rounds, count: 200_000 * times }),
  },
  store: {
    what: "16 processes: values put and got, in memory and on disk, beside hyperdht",
    byCpus: true,
    inRounds: true,
    run: ({ rounds, times, cpus }) => storeBench({ nodes: 16, cpus, rounds, count: 500 * times }),
  },
  ws: {
    what: "16 processes: WebSocket beside TCP",
    byCpus: true,
    inRounds: true,
    run: ({ rounds, times, cpus }) => ws({ nodes: 16, cpus, rounds, count: 10_000 * times }),
  },
  kill: {
    what: "64 processes, a quarter of them killed: until lookups are as quick as before",
    byCpus: false,
    inRounds: false,
    run: () => kill({ nodes: 64, cpus: 2 }),
  },
  memory: {
    what: "many nodes over TCP in one process or few: memory, and how soon they are a ring; --times 5: a thousand",
    byCpus: false,
    inRounds: false,
    run: ({ times }) => memory({ nodes: 200 * times }),
  },
  crowd: {
    what: "many nodes over memory in one process: memory; --times 5: ten thousand",
    byCpus: false,
    inRounds: false,
    run: ({ times }) => crowd({ nodes: 2_000 * times }),
  },
  size: {
    what: "what a browser loads, and how long an import takes",
    byCpus: false,
    inRounds: true,
    run: ({ rounds }) => size({ rounds }),
  },
  idle: {
    what: "16 processes that nobody asks for anything: bytes and processor time; takes two minutes",
    byCpus: false,
    inRounds: false,
    run: ({ times }) => idle({ nodes: 16, intervalMs: 1000, settleS: 60 * times, measureS: 48 * times }),
  },
  step: {
    what: "the state machine alone, on lookup traffic",
    byCpus: false,
    inRounds: true,
    run: ({ rounds, times }) => stepFigures(stepBench({ nodes: 64, events: 300_000 * times, rounds })),
  },
};

/** Each beside the first: what `step` does straight to the owner. */
function stepFigures(measured: ReturnType<typeof stepBench>): Figure[] {
  const [first] = measured;
  return measured.map(({ what, eventsPerS, ratio }, i) => ({
    what: `events: ${what}`,
    value: eventsPerS,
    unit: "/s",
    beside: i === 0 || first === undefined ? null : { what: "the first", value: first.eventsPerS },
    ratio: i === 0 ? null : ratio,
    aim: stepAims[what] ?? null,
  }));
}

const stepAims: Readonly<Record<string, Figure["aim"]>> = {
  "straight to the owner, 1,000 in flight": { of: "value", least: 2_000_000 },
  "straight to the owner, 10,000 in flight": { of: "ratio", least: 0.5 },
};
