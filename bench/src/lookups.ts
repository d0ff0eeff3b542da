import { type Aim, alone, type Figure, held } from "./figure.js";
import type { Cpus } from "./fleet/cpus.js";
import type { Weighed } from "./fleet/fleet.js";
import { type Peer, peers } from "./fleet/peers.js";
import { Ring, warm } from "./fleet/ring.js";
import { turns } from "./rounds.js";

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
  await warm(ring, ["lookup", "bare", "raw"], count);
  const few = count / 10;
  const measured = await turns(
    {
      one: () => ring.stand("lookup", 1, few),
      rawOne: () => ring.stand("raw", 1, few),
      ...others.contenders(few / 10),
      at64: () => ring.stand("lookup", 64, count),
      bareAt64: () => ring.stand("bare", 64, count),
      at256: () => ring.stand("lookup", 256, count),
      bareAt256: () => ring.stand("bare", 256, count),
    },
    rounds,
  );
  return figures(measured, others.running);
}

type Contenders = "one" | "rawOne" | "at64" | "bareAt64" | "at256" | "bareAt256";

function figures(
  measured: Readonly<Record<Contenders | Peer, ReadonlyArray<Weighed>>>,
  running: ReadonlyArray<Peer>,
): Figure[] {
  const { one, rawOne, at64, bareAt64, at256, bareAt256 } = measured;
  const p50 = { unit: "µs", of: (each: Weighed) => each.p50Us } as const;
  const perCpu = { unit: "/s", of: (each: Weighed) => 1e6 / each.cpuUs } as const;
  const perS = { unit: "/s", of: (each: Weighed) => each.perS } as const;
  const p99 = { unit: "ms", of: (each: Weighed) => each.p99Us / 1000 } as const;
  const cpu = { unit: "µs", of: (each: Weighed) => each.cpuUs } as const;
  const sequential = "one after another: half of them within";
  return [
    held(sequential, p50, one, "a raw round trip", rawOne, { of: "ratio", most: 1.25 }),
    ...running.map((peer) => held(sequential, p50, one, peer, measured[peer], peerAims[peer])),
    held("64 at once: in a second of a processor", perCpu, at64, "bare frames", bareAt64, layers),
    held("256 at once: in a second of a processor", perCpu, at256, "bare frames", bareAt256, layers),
    held("64 at once: in a second", perS, at64, "bare frames", bareAt64),
    held("256 at once: in a second", perS, at256, "bare frames", bareAt256),
    alone("64 at once: 99 of 100 within", p99, at64, { of: "value", most: 3 }),
    held("one after another: processor time of all nodes", cpu, one, "a raw round trip", rawOne),
    held("64 at once: processor time of all nodes", cpu, at64, "bare frames", bareAt64),
  ];
}

const peerAims: Readonly<Record<Peer, Aim | null>> = {
  "chordnet 2.2.2 (Python)": { of: "ratio", most: 1 / 8 },
  "dht-rpc 6.27": { of: "ratio", most: 1 / 15 },
  "bittorrent-dht 11": null,
};

const layers: Aim = { of: "ratio", least: 0.7 };
