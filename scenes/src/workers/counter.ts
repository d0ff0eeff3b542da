import type { ChordNet, Key } from "chordnet";
import type { Tell } from "./worker.js";
import { runWorker } from "./worker.js";

/**
 * Keeps a count for each key, in memory, as a cache keeps its entries: it moves with the key, and a crash takes it
 * along. Tells of each request before it answers.
 */
function count(ring: ChordNet, tell: Tell): void {
  const counts = new Map<Key, number>();
  ring.onRequest(({ key, id, bytes, epoch }) => {
    const before = counts.get(key);
    const after = (before ?? 0) + 1;
    counts.set(key, after);
    tell({ event: "handled", serial: Buffer.from(bytes).toString(), request: id, key, epoch });
    return Buffer.from(JSON.stringify({ count: after, warm: before !== undefined }));
  });
  ring.onHandover({
    async *give(range) {
      yield Buffer.from(JSON.stringify([...counts].filter(([key]) => range.has(key))));
    },
    async take({ chunks }) {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(chunk);
      const taken = JSON.parse(Buffer.concat(parts).toString()) as ReadonlyArray<[Key, number]>;
      for (const [key, value] of taken) counts.set(key, Math.max(value, counts.get(key) ?? 0));
    },
    given(range) {
      for (const key of counts.keys()) if (range.has(key)) counts.delete(key);
    },
  });
}

await runWorker(count);
