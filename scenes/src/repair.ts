import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { tcp } from "@chordnet/transport-tcp";
import type { Status } from "chordnet";
import { ChordNet } from "chordnet";
import type { Fleet } from "./fleet.js";

const lookMs = 50;
const patienceMs = 600_000;

/** What it took until nobody missed a copy again. */
export interface Repair {
  readonly ms: number;
  /** Of frames, sent by all that live. */
  readonly sentBytes: number;
  /** What the dead one had kept, as its quota would count it. */
  readonly keptBytes: number;
}

/** Kills a node, and waits until all that it kept is on so many others again. */
export async function repairAfterDeath(fleet: Fleet, victim: string): Promise<Repair> {
  const others = fleet.alive.filter((address) => address !== victim);
  const keptBytes = (await statuses([victim]))[0]?.values?.bytes ?? Number.NaN;
  const before = sentBytes(await statuses(others));
  const at = await fleet.kill(victim);
  await whole(fleet);
  return { ms: performance.now() - at, sentBytes: sentBytes(await statuses(others)) - before, keptBytes };
}

/**
 * Waits until every node says that what it owns lacks no copy. The ring has noticed each death by then: whoever owns
 * what a dead one kept has somebody else keep it, whom it has not compared itself with.
 */
export async function whole(fleet: Fleet): Promise<void> {
  const until = performance.now() + patienceMs;
  for (let quiet = 0; quiet < 2; ) {
    if (performance.now() > until) throw new Error(`copies were missing for ${patienceMs / 1_000} s`);
    await delay(lookMs);
    const { alive } = fleet;
    const all = await statuses(alive);
    const isWhole = all.every((status) => status.values?.copiesMissing === 0 && knows(status, alive));
    quiet = isWhole ? quiet + 1 : 0;
  }
}

/** Whether all that the node takes for its successors live. */
function knows({ nodes }: Status, alive: ReadonlyArray<string>): boolean {
  return nodes.every(({ successors }) => successors.every(({ address }) => alive.includes(address)));
}

/** Of frames, by all of them since they began. */
export function sentBytes(all: ReadonlyArray<Status>): number {
  return all.reduce((sum, { counters }) => sum + (counters["bytesOut"] ?? 0), 0);
}

export async function statuses(addresses: ReadonlyArray<string>): Promise<ReadonlyArray<Status>> {
  return Promise.all(
    addresses.map(async (via) => {
      const client = await ChordNet.connect({ transport: tcp(), via });
      try {
        return await client.status();
      } finally {
        await client.close();
      }
    }),
  );
}
