import { Network } from "@chordnet/transport-memory";
import { afterEach } from "vitest";
import type { ChordNetOptions, ErrorCode, Key } from "../src/index.js";
import { ChordNet, type ChordNetClient, ChordNetError } from "../src/index.js";
import { settled } from "./fake-clock.js";

export const intervalMs = 80;

/** Rings over one memory network, closed after each test. */
export interface Rings {
  readonly network: Network;
  node(name: string, options?: Partial<ChordNetOptions>): ChordNet;
  /** Members a, b, c, …: the first founds the ring, the others join it. */
  ring(count: number, options?: Partial<ChordNetOptions>): Promise<ReadonlyArray<ChordNet>>;
  /** Closes it after the test. */
  closing(each: { close(): Promise<void> }): void;
  client(via: string | ReadonlyArray<string>): Promise<ChordNetClient>;
}

export function rings(): Rings {
  let open: { close(): Promise<void> }[] = [];
  let network = new Network();
  afterEach(async () => {
    await Promise.all(open.map((each) => each.close()));
    open = [];
    network = new Network();
  });
  const node = (name: string, options: Partial<ChordNetOptions> = {}): ChordNet => {
    const made = new ChordNet({ transport: network.transport({ name }), intervalMs, ...options });
    open.push(made);
    return made;
  };
  return {
    get network() {
      return network;
    },
    node,
    closing: (each) => void open.push(each),
    ring: async (count, options) => {
      const nodes = Array.from({ length: count }, (_, i) => node(String.fromCharCode(97 + i), options));
      const [first, ...others] = nodes;
      await first?.create();
      for (const other of others) await other.join("memory://a");
      return nodes;
    },
    client: async (via) => {
      const made = await ChordNet.connect({ transport: network.transport(), via });
      open.push(made);
      return made;
    },
  };
}

/**
 * The address of a key's owner by the sorted list of the nodes. On a busy machine a node may not claim it for a moment.
 */
export function ideal(nodes: ReadonlyArray<ChordNet>, key: Key): string {
  const sorted = nodes.map(({ id, address }) => ({ id, address })).sort((a, b) => (a.id < b.id ? -1 : 1));
  const id = (nodes[0] as ChordNet).keyId(key);
  return ((sorted.find((node) => node.id >= id) ?? sorted[0]) as { address: string }).address;
}

/** The error that something rejects with or throws; fails where it does not, or with something else. */
export async function failure(attempt: () => unknown): Promise<ChordNetError> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof ChordNetError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

export async function code(attempt: () => unknown): Promise<ErrorCode> {
  return (await failure(attempt)).code;
}

/** Waits until something holds; fails after `withinMs`. */
export async function eventually(holds: () => boolean | Promise<boolean>, withinMs = 5_000): Promise<void> {
  const until = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`it did not come true within ${withinMs} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits until what is counted has stayed the same for so many turns of the event loop: nothing moves it any more. */
export async function still(count: () => number, turns = 200): Promise<void> {
  let last = count();
  for (let same = 0; same < turns; same += 1) {
    await settled();
    if (count() !== last) same = 0;
    last = count();
  }
}
