// node node.mjs PORT LISTEN [SEED…]: takes WebSockets at PORT, 0 for any, and is one of the nodes that keep the rooms.

import { once } from "node:events";
import { tcp } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";
import { rooms } from "./rooms.mjs";

const [clientPort, listen, ...seeds] = process.argv.slice(2);
if (!/^\d+$/.test(clientPort) || !/^tcp:\/\/.+:\d+$/.test(listen)) {
  console.error("usage: node node.mjs 8001 tcp://127.0.0.1:7001 [tcp://SEED:PORT…]");
  process.exit(2);
}
const { hostname: host, port } = new URL(listen);
const ring = new ChordNet({ transport: tcp({ host, port: Number(port) }), intervalMs: 200 });
const server = rooms(ring, { host, port: Number(clientPort) });
await once(server, "listening").catch(stop);

process.once("SIGTERM", async () => {
  server.close();
  await ring.leave({ timeoutMs: 20_000 });
  process.exit();
});

await (seeds.length === 0 ? ring.create() : ring.join(seeds)).catch(stop);
console.log("ready", ring.address, `ws://${host}:${server.address().port}`);

/** Tells why it cannot go on. */
function stop({ message }) {
  console.error(message);
  process.exit(1);
}
