import { performance } from "node:perf_hooks";
import type { ChordNet } from "chordnet";
import { hoard, hoardBytes, hoardKey, isHoard } from "../hoard.js";
import type { Tell } from "./worker.js";
import { runWorker } from "./worker.js";

const sampleMs = 10;
const handoverMs = 300_000;

/** Keeps a gibibyte for one key, if it owns it. It begins where somebody asks for it first. */
function keepHoard(ring: ChordNet, tell: Tell): void {
  let kept = false;
  ring.onRequest(() => {
    kept = true;
    return new Uint8Array(0);
  });
  ring.onHandover({
    timeoutMs: handoverMs,
    async *give(range) {
      if (!kept || !range.has(hoardKey)) return;
      const memory = watchMemory();
      yield* hoard();
      tell({ event: "gave", ...memory.stop() });
    },
    async take({ chunks }) {
      const memory = watchMemory();
      let bytes = 0;
      let right = true;
      for await (const chunk of chunks) {
        right &&= isHoard(chunk, bytes);
        bytes += chunk.length;
      }
      const { ms, aboveRestBytes } = memory.stop();
      kept ||= right && bytes === hoardBytes;
      if (bytes > 0) tell({ event: "took", bytes, right, ms, aboveRestBytes });
    },
    given(range) {
      if (range.has(hoardKey)) kept = false;
    },
  });
}

/** How far this process's memory goes above what it is now. */
function watchMemory(): { stop(): { readonly ms: number; readonly aboveRestBytes: number } } {
  const begunAt = performance.now();
  const restBytes = process.memoryUsage.rss();
  let mostBytes = restBytes;
  const sample = (): void => {
    mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
  };
  const timer = setInterval(sample, sampleMs);
  return {
    stop: () => {
      clearInterval(timer);
      sample();
      return { ms: performance.now() - begunAt, aboveRestBytes: mostBytes - restBytes };
    },
  };
}

await runWorker(keepHoard);
