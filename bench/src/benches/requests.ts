import { type Figure, held } from "../figures/figure.js";
import { turns } from "../figures/rounds.js";
import type { Cpus } from "../fleet/cpus.js";
import type { Weighed } from "../fleet/fleet.js";
import { Ring, warm } from "../fleet/ring.js";

export interface RequestsSetting {
  readonly nodes: number;
  readonly cpus: Cpus;
  readonly rounds: number;
  /** Of each contender in each round, 64 at once; a tenth of that one after another. */
  readonly count: number;
}

/**
 * What it costs to have something done by a key's owner, over finding that owner: one member sends 32 bytes to the
 * owners of keys, which send them back; beside lookups of the same keys, and beside a socket that only answers bytes.
 */
export async function requests({ nodes, cpus, rounds, count }: RequestsSetting): Promise<Figure[]> {
  await using ring = await Ring.form(nodes, cpus);
  await ring.prepare();
  await warm(ring, ["request", "lookup", "raw"], count);
  const measured = await turns(
    {
      one: () => ring.stand("request", 1, count / 10),
      lookupOne: () => ring.stand("lookup", 1, count / 10),
      rawOne: () => ring.stand("raw", 1, count / 10),
      at64: () => ring.stand("request", 64, count),
      lookupAt64: () => ring.stand("lookup", 64, count),
    },
    rounds,
  );
  const { one, lookupOne, rawOne, at64, lookupAt64 } = measured;
  const p50 = { unit: "µs", of: (each: Weighed) => each.p50Us } as const;
  const cpu = { unit: "µs", of: (each: Weighed) => each.cpuUs } as const;
  const perS = { unit: "/s", of: (each: Weighed) => each.perS } as const;
  return [
    held("one after another: half of them within", p50, one, "a raw round trip", rawOne),
    held("one after another: half of them within", p50, one, "a lookup", lookupOne),
    held("one after another: processor time of all nodes", cpu, one, "a raw round trip", rawOne),
    held("64 at once: processor time of all nodes", cpu, at64, "a lookup", lookupAt64),
    held("64 at once: in a second", perS, at64, "lookups", lookupAt64),
  ];
}
