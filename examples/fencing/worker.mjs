// node worker.mjs STORE LISTEN [SEED]: one of many workers, of which the owner of "counter" counts, and no other.
// It is as careless as a program can be that was stopped at the wrong moment: between reading and writing it does not
// look whether it is still the owner. The epoch makes it harmless.

import { setTimeout as rest } from "node:timers/promises";
import { tcp } from "@chordnet/transport-tcp";
import { ChordNet, isChordNetError } from "chordnet";

const [store, listen, seed] = process.argv.slice(2);
if (!/^http:\/\/.+/.test(store) || !/^tcp:\/\/.+:\d+$/.test(listen)) {
  console.error("usage: node worker.mjs http://127.0.0.1:8080 tcp://127.0.0.1:7001 [tcp://SEED:PORT]");
  process.exit(2);
}
const { hostname: host, port } = new URL(listen);
const ring = new ChordNet({ transport: tcp({ host, port: Number(port) }), intervalMs: 200 });
await (seed === undefined ? ring.create() : ring.join(seed)).catch(stop);
process.on("SIGTERM", () => void ring.leave().then(() => process.exit()));
console.log("ready", ring.address);

for (;;) {
  try {
    await ring.withOwnership("counter", count);
  } catch (error) {
    if (!isChordNetError(error)) throw error; // not ours, or nobody's for a moment
  }
  await rest(50);
}

async function count({ epoch }) {
  const who = { worker: process.pid, epoch };
  const read = await asked(who);
  const value = Number(await read.text()) + 1;
  await rest(200); // whatever takes time, or stops the process
  const write = await asked({ ...who, value }, "PUT");
  console.log(read.ok && write.ok ? "counted" : "fenced off:", value, "under", epoch);
}

function asked(query, method = "GET") {
  return fetch(`${store}?${new URLSearchParams(query)}`, { method }).catch(({ cause }) => stop(cause));
}

/** Tells why it cannot go on. */
function stop({ message }) {
  console.error(message);
  process.exit(1);
}
