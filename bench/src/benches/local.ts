import { configure, defaultRing, hashBytes, hashText } from "@chordnet/core";
import { Network } from "@chordnet/transport-memory";
import { ChordNet } from "chordnet";
import HashRing from "hashring";
import { type Figure, held } from "../figures/figure.js";
import { turns } from "../figures/rounds.js";

export interface LocalSetting {
  readonly rounds: number;
  readonly count: number;
}

/** What a node answers from its own claim: keys that it owns, without a message. */
export async function local({ rounds, count }: LocalSetting): Promise<Figure[]> {
  const { space } = configure(defaultRing, {});
  const ring = new ChordNet({ transport: new Network().transport({ name: "a" }) });
  await ring.create();
  const keys = Array.from({ length: 4096 }, (_, i) => `user:${i}`);
  const ids = keys.map((key) => ({ id: hashText(space, "sha256", key) as bigint }));
  const encoded = keys.map((key) => new TextEncoder().encode(key));
  const servers = new HashRing(Array.from({ length: 64 }, (_, i) => `10.0.0.${i}:7000`));
  const at = <A>(all: ReadonlyArray<A>, i: number): A => all[i & (keys.length - 1)] as A;
  const contenders = {
    owns: timed(count, (i) => ring.owns(at(ids, i))),
    compare: timed(count, (i) => at(ids, i).id > at(ids, i + 1).id),
    lookup: awaited(count, (i) => ring.lookup(at(keys, i))),
    hash: awaited(count, (i) => Promise.resolve(hashText(space, "sha256", at(keys, i)))),
    // Of bytes, and so by the library, which stays the same whatever is done here.
    library: awaited(count, (i) => Promise.resolve(hashBytes(space, "sha256", at(encoded, i)))),
    // It remembers what it was asked: cold, each is new to it.
    hashringWarm: timed(count, (i) => servers.get(at(keys, i))),
    hashringCold: timed(count, (i) => servers.get(`user:${fresh++}-${i}`)),
  };
  let fresh = 0;
  await turns(contenders, 1);
  const { owns, compare, lookup, hash, library, hashringWarm, hashringCold } = await turns(
    contenders,
    rounds,
  );
  await ring.close();
  const perS = { unit: "/s", of: (each: number) => each } as const;
  return [
    held("owns({ id }), an own key", perS, owns, "comparing two ids", compare, {
      of: "value",
      least: 2_000_000,
    }),
    held("lookup(text), an own key", perS, lookup, "its hash in a promise", hash, {
      of: "ratio",
      least: 0.6,
    }),
    held("lookup(text), an own key", perS, lookup, libraryHash, library),
    held("lookup(text), an own key", perS, lookup, "hashring 3.2, key seen", hashringWarm),
    held("lookup(text), an own key", perS, lookup, "hashring 3.2, new key", hashringCold),
  ];
}

/** By which `pnpm bench:check` finds the figure. */
export const libraryHash = "the library's hash of its bytes in a promise";

/** How many of it a second of processor time holds. */
function timed(count: number, work: (i: number) => unknown): () => Promise<number> {
  return async () => {
    let results = 0;
    const before = process.cpuUsage();
    for (let i = 0; i < count; i++) if (work(i) !== undefined) results += 1;
    if (results !== count) throw new Error("some were not answered");
    return perCpuS(count, before);
  };
}

function awaited(count: number, work: (i: number) => Promise<unknown>): () => Promise<number> {
  return async () => {
    const before = process.cpuUsage();
    for (let i = 0; i < count; i++) await work(i);
    return perCpuS(count, before);
  };
}

function perCpuS(count: number, before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (1e6 * count) / (user + system);
}
