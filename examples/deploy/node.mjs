// node node.mjs LISTEN [SEED…]: a node that keeps counters in memory, each on the one that owns its key. They survive
// deploys: SIGTERM hands them over.

import { tcp } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";

const [listen, ...seeds] = process.argv.slice(2);
if (!/^tcp:\/\/.+:\d+$/.test(listen)) {
  console.error("usage: node node.mjs tcp://127.0.0.1:7001 [tcp://SEED:PORT…]");
  process.exit(2);
}
const { hostname: host, port } = new URL(listen);
const ring = new ChordNet({ transport: tcp({ host, port: Number(port) }), intervalMs: 500 });
const counters = new Map();

ring.onRequest(({ key }) => {
  counters.set(key, (counters.get(key) ?? 0) + 1);
  return Buffer.from(String(counters.get(key)));
});

ring.onHandover({
  async *give(range) {
    const theirs = [...counters].filter(([key]) => range.has(key));
    yield Buffer.from(JSON.stringify(theirs));
  },
  async take({ chunks }) {
    const parts = [];
    for await (const chunk of chunks) parts.push(chunk);
    for (const [key, count] of JSON.parse(Buffer.concat(parts).toString()))
      counters.set(key, Math.max(count, counters.get(key) ?? 0));
  },
  given(range) {
    for (const key of counters.keys()) if (range.has(key)) counters.delete(key);
  },
});

process.once("SIGTERM", async () => {
  const { handedOver } = await ring.leave({ timeoutMs: 20_000 });
  console.log("left", handedOver);
  process.exit();
});

await (seeds.length === 0 ? ring.create() : ring.join(seeds)).catch(stop);
console.log("ready", ring.address);

/** Tells why it cannot go on. */
function stop({ message }) {
  console.error(message);
  process.exit(1);
}
