import { idOf, ownerOf } from "@chordnet/scenes/identifiers";
import { tcp } from "@chordnet/transport-tcp";
import type { Client } from "chordnet";
import { ChordNet } from "chordnet";

/** What honest users got meanwhile. */
export interface Served {
  readonly right: number;
  readonly wrong: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly p99Ms: number;
}

/** Looks keys up through each member, so many at once, for a while; every answer is judged by the rules alone. */
export async function served(
  addresses: ReadonlyArray<string>,
  forMs: number,
  inFlight: number,
  transport: typeof tcp = tcp,
): Promise<Served> {
  const clients: Client[] = [];
  for (const via of addresses)
    clients.push(await ChordNet.connect({ transport: transport(), via, timeoutMs: 10_000 }));
  const took: number[] = [];
  let [wrong, failed, asked] = [0, 0, 0];
  const until = performance.now() + forMs;
  const worker = async (client: Client): Promise<void> => {
    while (performance.now() < until) {
      asked += 1;
      const key = `key ${asked}`;
      const since = performance.now();
      try {
        const { address } = await client.lookup(key, { timeoutMs: 5_000 });
        took.push(performance.now() - since);
        if (address !== ownerOf(addresses, idOf(key))) wrong += 1;
      } catch {
        failed += 1;
      }
    }
  };
  await Promise.all(
    Array.from({ length: inFlight }, (_none, i) => worker(clients[i % clients.length] as Client)),
  );
  await Promise.all(clients.map((client) => client.close()));
  took.sort((a, b) => a - b);
  return {
    right: took.length - wrong,
    wrong,
    failed,
    perSecond: Math.round(took.length / (forMs / 1_000)),
    p99Ms: Number((took[Math.floor(took.length * 0.99)] ?? Number.NaN).toFixed(2)),
  };
}
