import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Figure, held, type Measure } from "../figures/figure.js";
import { turns } from "../figures/rounds.js";
import type { Cpus } from "../fleet/cpus.js";
import { Fleet, type Weighed, workerScript } from "../fleet/fleet.js";
import type { LoadSetting } from "../workers/load.js";
import type { ValueDeed } from "../workers/value.js";

export interface StoreSetting {
  readonly nodes: number;
  readonly cpus: Cpus;
  readonly rounds: number;
  /** Of each contender in each round, 64 at once; a fifth of that one after another. */
  readonly count: number;
}

/** What a contender did before, so that none is measured at its first steps. */
const rehearsed = 4_000;

/** Three rings, a process a node: values in memory, values on disk, and hyperdht's immutable ones. */
export async function storeBench({ nodes, cpus, rounds, count }: StoreSetting): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "chordnet-bench-"));
  try {
    await using memory = new Fleet(nodes, workerScript("keeper"), cpus);
    await using disk = new Fleet(nodes, workerScript("keeper", folder), cpus);
    await using hyperdht = new Fleet(nodes, workerScript("hyperdht"), cpus);
    for (const fleet of [memory, disk, hyperdht]) await startAll(fleet);
    for (const ring of [memory, disk]) while ((await ring.asker.ask<number>("count")) < nodes);
    for (const ring of [memory, disk]) await rehearse(ring, 64, rehearsed);
    // Many at once take it seconds, however few they are.
    await rehearse(hyperdht, 1, rehearsed / 4);
    const measured = await turns(
      { ...deeds("memory", memory, count), ...deeds("disk", disk, count), ...deeds("peer", hyperdht, count) },
      rounds,
    );
    return figures(measured);
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Contender = "memory" | "disk" | "peer";
type Manner = "One" | "Many";
type Turn = `${Contender}-${ValueDeed}${Manner}`;

/** Puts come first: what is got was put before. */
function deeds<C extends Contender>(
  contender: C,
  fleet: Fleet,
  count: number,
): Record<`${C}-${ValueDeed}${Manner}`, () => Promise<Weighed>> {
  const turn = (deed: ValueDeed, inFlight: number, times: number) => () => {
    const setting: LoadSetting & { readonly deed: ValueDeed } = { deed, inFlight, count: times };
    return fleet.weigh(setting);
  };
  const few = Math.ceil(count / 5);
  return Object.fromEntries([
    [`${contender}-putOne`, turn("put", 1, few)],
    [`${contender}-putMany`, turn("put", 64, count)],
    [`${contender}-getOne`, turn("get", 1, few)],
    [`${contender}-getMany`, turn("get", 64, count)],
  ]) as Record<`${C}-${ValueDeed}${Manner}`, () => Promise<Weighed>>;
}

async function rehearse(fleet: Fleet, inFlight: number, count: number): Promise<void> {
  for (const deed of ["put", "get"] as const) {
    const setting: LoadSetting & { readonly deed: ValueDeed } = { deed, inFlight, count };
    await fleet.weigh(setting);
  }
}

async function startAll(fleet: Fleet): Promise<void> {
  const seed = await fleet.asker.ask("start", { seed: null });
  for (const worker of fleet.workers.slice(1)) await worker.ask("start", { seed });
}

const p50: Measure<Weighed> = { unit: "ms", of: ({ p50Us }) => p50Us / 1000 };
const p99: Measure<Weighed> = { unit: "ms", of: ({ p99Us }) => p99Us / 1000 };
const perS: Measure<Weighed> = { unit: "/s", of: ({ perS: speed }) => speed };

const places: ReadonlyArray<readonly [Contender, string]> = [
  ["memory", "in memory"],
  ["disk", "on disk, synced"],
];

/** hyperdht keeps a value on up to 20 nodes, in memory; a value here lies on three. */
function figures(measured: Readonly<Record<Turn, ReadonlyArray<Weighed>>>): Figure[] {
  const peer = "hyperdht 6.34";
  return (["put", "get"] as const).flatMap((deed) =>
    places.flatMap(([place, where]) => {
      const [one, many] = [measured[`${place}-${deed}One`], measured[`${place}-${deed}Many`]];
      const [peerOne, peerMany] = [measured[`peer-${deed}One`], measured[`peer-${deed}Many`]];
      return [
        held(`${deed}, ${where}, one after another: half of them within`, p50, one, peer, peerOne),
        held(`${deed}, ${where}, 64 at once: in a second`, perS, many, peer, peerMany),
        held(`${deed}, ${where}, one after another: 99 of 100 within`, p99, one, peer, peerOne),
        held(`${deed}, ${where}, 64 at once: 99 of 100 within`, p99, many, peer, peerMany),
      ];
    }),
  );
}
