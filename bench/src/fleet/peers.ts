import type { Cpus } from "./cpus.js";
import type { Weighed } from "./fleet.js";
import { Fleet, workerScript } from "./fleet.js";
import { pythonNode } from "./python.js";

/** Other hash tables, measured in the same run. */
export type Peer = typeof pythonPeer | "dht-rpc 6.27" | "bittorrent-dht 11";

/** As it is named in figures. */
export const pythonPeer = "chordnet 2.2.2 (Python)";

/** A network of each that runs here, a process a node. */
export async function peers(nodes: number, cpus: Cpus): Promise<Peers> {
  const python = pythonNode();
  const fleets = new Map<Peer, Fleet>([
    ["dht-rpc 6.27", new Fleet(nodes, workerScript("dht-rpc"), cpus)],
    ["bittorrent-dht 11", new Fleet(nodes, workerScript("bittorrent"), cpus)],
  ]);
  if (python !== null) fleets.set(pythonPeer, new Fleet(nodes, python, cpus));
  await Promise.all([...fleets.values()].map(start));
  return new Peers(fleets);
}

export class Peers implements AsyncDisposable {
  readonly #fleets: ReadonlyMap<Peer, Fleet>;

  constructor(fleets: ReadonlyMap<Peer, Fleet>) {
    this.#fleets = fleets;
  }

  get running(): ReadonlyArray<Peer> {
    return [...this.#fleets.keys()];
  }

  /** How many lookups each makes, one after another. */
  contenders(count: number): Readonly<Record<Peer, () => Promise<Weighed>>> {
    const entries = [...this.#fleets].map(([peer, fleet]) => [
      peer,
      () => fleet.weigh({ inFlight: 1, count }),
    ]);
    return Object.fromEntries(entries) as Record<Peer, () => Promise<Weighed>>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#fleets.values()].map((fleet) => fleet[Symbol.asyncDispose]()));
  }
}

/** One after another, each through the first. */
export async function start(fleet: Fleet): Promise<void> {
  const [first, ...others] = fleet.workers;
  const seed = await first?.ask("start", { seed: null });
  for (const worker of others) await worker.ask("start", { seed });
}
