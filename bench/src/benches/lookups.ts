import { type Aim, type Figure, held } from "../figures/figure.js";
import { turns } from "../figures/rounds.js";
import type { Cpus } from "../fleet/cpus.js";
import type { Weighed } from "../fleet/fleet.js";
import { type Peer, peers } from "../fleet/peers.js";
import { Ring, warm } from "../fleet/ring.js";

export interface LookupsSetting {
  readonly nodes: number;
  readonly cpus: Cpus;
  readonly rounds: number;
  /** Of each contender in each round, many at once; a tenth of that one after another. */
  readonly count: number;
}

/** One member asks for keys of the others, as users do: beside the bare frames on the same route, and beside peers. */
export async function lookups({ nodes, cpus, rounds, count }: LookupsSetting): Promise<Figure[]> {
  await using ring = await Ring.form(nodes, cpus);
  await using others = await peers(nodes, cpus);
  await ring.prepare();
  await warm(ring, contenders, count);
  const measured = await turns({ ...beside(ring, count), ...others.contenders(count / 100) }, rounds);
  const peerFigures = others.running.map((peer) =>
    held(sequential, p50, measured.one, peer, measured[peer], peerAims[peer]),
  );
  return [...wireFigures(measured), ...peerFigures];
}

/** The same beside the wire alone, between two processes and among sixteen: soon enough to be asked at each change. */
export async function wire({ rounds, count }: Pick<LookupsSetting, "rounds" | "count">): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const nodes of [2, 16]) {
    await using ring = await Ring.form(nodes, 1);
    await ring.prepare();
    await warm(ring, contenders, count);
    const measured = await turns(beside(ring, count), rounds);
    for (const figure of wireFigures(measured)) {
      const aim = nodes === 16 ? figure.aim : null;
      figures.push({ ...figure, what: `${nodes}: ${figure.what}`, aim });
    }
  }
  return figures;
}

const contenders = ["lookup", "bare", "bareInPlace", "raw", "rawInPlace"] as const;

type Load = "one" | "at64" | "at256";
type Contenders = Load | `bare ${Load}` | `bareInPlace ${Load}` | "raw one" | "rawInPlace one";

/** One after another and many at once, in turn with the bare frames and the raw round trips in the same processes. */
function beside(ring: Ring, count: number): Readonly<Record<Contenders, () => Promise<Weighed>>> {
  return {
    one: () => ring.stand("lookup", 1, count / 10),
    "raw one": () => ring.stand("raw", 1, count / 10),
    "rawInPlace one": () => ring.stand("rawInPlace", 1, count / 10),
    "bare one": () => ring.stand("bare", 1, count / 10),
    "bareInPlace one": () => ring.stand("bareInPlace", 1, count / 10),
    at64: () => ring.stand("lookup", 64, count),
    "bare at64": () => ring.stand("bare", 64, count),
    "bareInPlace at64": () => ring.stand("bareInPlace", 64, count),
    at256: () => ring.stand("lookup", 256, count),
    "bare at256": () => ring.stand("bare", 256, count),
    "bareInPlace at256": () => ring.stand("bareInPlace", 256, count),
  };
}

const sequential = "one after another: half of them within";
const at64Cpu = "64 at once: in a second of a processor";
const at256Cpu = "256 at once: in a second of a processor";
const p50 = { unit: "µs", of: (each: Weighed) => each.p50Us } as const;

function wireFigures(measured: Readonly<Record<Contenders, ReadonlyArray<Weighed>>>): Figure[] {
  const { one, at64, at256 } = measured;
  const [raw, rawInPlace] = [measured["raw one"], measured["rawInPlace one"]];
  const perCpu = { unit: "/s", of: (each: Weighed) => 1e6 / each.cpuUs } as const;
  const perS = { unit: "/s", of: (each: Weighed) => each.perS } as const;
  const p99 = { unit: "ms", of: (each: Weighed) => each.p99Us / 1000 } as const;
  const cpu = { unit: "µs", of: (each: Weighed) => each.cpuUs } as const;
  const inPlace = "bare frames read in place";
  return [
    held(sequential, p50, one, "a raw round trip", raw, { of: "ratio", most: 1.25 }),
    held(sequential, p50, one, "a raw round trip read in place", rawInPlace),
    held(sequential, p50, one, "bare frames", measured["bare one"]),
    held(sequential, p50, one, inPlace, measured["bareInPlace one"]),
    held(at64Cpu, perCpu, at64, "bare frames", measured["bare at64"], layers),
    held(at64Cpu, perCpu, at64, inPlace, measured["bareInPlace at64"]),
    held(at256Cpu, perCpu, at256, "bare frames", measured["bare at256"], layers),
    held(at256Cpu, perCpu, at256, inPlace, measured["bareInPlace at256"]),
    held("64 at once: in a second", perS, at64, "bare frames", measured["bare at64"]),
    held("256 at once: in a second", perS, at256, "bare frames", measured["bare at256"]),
    held("64 at once: 99 of 100 within", p99, at64, "bare frames", measured["bare at64"], {
      of: "value",
      most: 3,
    }),
    held("one after another: processor time of all nodes", cpu, one, "a raw round trip", raw),
    held("64 at once: processor time of all nodes", cpu, at64, "bare frames", measured["bare at64"]),
  ];
}

const peerAims: Readonly<Record<Peer, Aim | null>> = {
  "chordnet 2.2.2 (Python)": { of: "ratio", most: 1 / 8 },
  "dht-rpc 6.27": { of: "ratio", most: 1 / 15 },
  "bittorrent-dht 11": null,
};

const layers: Aim = { of: "ratio", least: 0.7 };
