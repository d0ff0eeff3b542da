import { readFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { tcp } from "@chordnet/transport-tcp";
import type { Store } from "chordnet";
import { ChordNet } from "chordnet";
import type { Notebook } from "./notebook.js";
import { quantile } from "./quantiles.js";

const atOnce = 32;
const callTimeoutMs = 60_000;

/** What a scene keeps in a ring. */
export interface Values {
  readonly count: number;
  readonly keyOf: (i: number) => string;
  readonly bytesOf: (i: number) => Uint8Array;
}

/** What one pass over all values came to. */
interface Pass {
  readonly wrong: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly msP50: number;
  readonly msP99: number;
}

/** Values that nobody made up, each of so many bytes: pieces of the program that runs this. */
export async function cutOut(bytes: number): Promise<Values["bytesOf"]> {
  const program = await readFile(process.execPath);
  // A step that has nothing in common with the file's length: pieces begin anywhere.
  return (i) => {
    const at = (i * 104_729) % (program.length - bytes);
    return program.subarray(at, at + bytes);
  };
}

/** Puts every value, by way of these nodes in turn; `before` is told which is next. */
export function putAll(
  via: ReadonlyArray<string>,
  { count, keyOf, bytesOf }: Values,
  before: (i: number) => void = () => undefined,
): Promise<Pass> {
  return each(via, count, async (store, i) => {
    before(i);
    await store.put(keyOf(i), bytesOf(i), { timeoutMs: callTimeoutMs });
    return true;
  });
}

/** Gets every value, by way of these nodes in turn, and compares it byte by byte. */
export function getAll(via: ReadonlyArray<string>, { count, keyOf, bytesOf }: Values): Promise<Pass> {
  return each(via, count, async (store, i) => {
    const read = await store.get(keyOf(i), { timeoutMs: callTimeoutMs });
    return read !== null && Buffer.compare(read.bytes, bytesOf(i)) === 0;
  });
}

export function judgePass(book: Notebook, when: string, { wrong, failed, ...pace }: Pass): void {
  book.exactly(`${when}: missing or not what was put`, wrong, 0);
  book.exactly(`${when}: not done within ${callTimeoutMs / 1_000} s`, failed, 0);
  book.figure(`${when}: a second`, pace.perSecond);
  book.figure(`${when}: ms p50`, pace.msP50);
  book.figure(`${when}: ms p99`, pace.msP99);
}

/** Does something with every value, many at once. */
async function each(
  via: ReadonlyArray<string>,
  count: number,
  what: (store: Store, i: number) => Promise<boolean>,
): Promise<Pass> {
  const clients = await Promise.all(
    via.map((address) => ChordNet.connect({ transport: tcp(), via: address })),
  );
  const tookMs: number[] = [];
  let [next, wrong, failed] = [0, 0, 0];
  const begunAt = performance.now();
  const worker = async (_: unknown, place: number): Promise<void> => {
    const { store } = clients[place % clients.length] as (typeof clients)[number];
    for (let i = next++; i < count; i = next++) {
      const at = performance.now();
      const right = await what(store, i).catch(() => null);
      tookMs.push(performance.now() - at);
      if (right === null) failed += 1;
      else if (!right) wrong += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const perSecond = count / ((performance.now() - begunAt) / 1_000);
  await Promise.all(clients.map((client) => client.close()));
  return { wrong, failed, perSecond, msP50: quantile(tookMs, 0.5), msP99: quantile(tookMs, 0.99) };
}
