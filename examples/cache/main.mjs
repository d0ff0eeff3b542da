// node main.mjs: three nodes fill a cache of 400 entries; a fourth joins; one leaves; one crashes. After each: the
// hit rate.

import { tcp } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";
import { cache } from "./cache.mjs";

const keys = Array.from({ length: 400 }, (_, i) => `user:${i}`);
const nodes = [];

async function join() {
  const ring = new ChordNet({
    transport: tcp({ host: "127.0.0.1", port: 0 }),
    intervalMs: 200,
    virtualNodes: 4,
  });
  const node = { ring, ...cache(ring, { load: async (key) => ({ name: `the row of ${key}` }) }) };
  await (nodes.length === 0 ? ring.create() : ring.join(nodes[0].ring.address, { timeoutMs: 30_000 }));
  nodes.push(node);
}

/** Reads everything, each key from another node. */
async function readAll(when) {
  const before = nodes.map(({ counts }) => ({ ...counts }));
  await Promise.all(keys.map((key, i) => nodes[i % nodes.length].get(key, { timeoutMs: 20_000 })));
  const sum = (what) => nodes.reduce((total, { counts }, i) => total + counts[what] - before[i][what], 0);
  const [hits, loads] = [sum("hits"), sum("loads")];
  console.log(`${when}: ${loads} loads, ${((100 * hits) / (hits + loads)).toFixed(1)} % hits`);
}

for (let i = 0; i < 3; i += 1) await join();
await readAll("empty");
await readAll("filled");
await join();
await readAll("one joined");
await nodes.pop().ring.leave();
await readAll("one left");
await nodes.pop().ring.close(); // as kill -9 would
await readAll("one crashed");
for (const { ring } of nodes.reverse()) await ring.leave();
