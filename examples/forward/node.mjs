// node node.mjs PORT LISTEN [SEED…]: any node takes GET and POST /carts/NAME; the owner of the cart has it.

import { createServer } from "node:http";
import { tcp } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";
import { answer, forward } from "./forward.mjs";

const [httpPort, listen, ...seeds] = process.argv.slice(2);
if (!/^\d+$/.test(httpPort) || !/^tcp:\/\/.+:\d+$/.test(listen)) {
  console.error("usage: node node.mjs 8001 tcp://127.0.0.1:7001 [tcp://SEED:PORT…]");
  process.exit(2);
}
const { hostname: host, port } = new URL(listen);
const ring = new ChordNet({ transport: tcp({ host, port: Number(port) }), intervalMs: 200 });
const carts = new Map();

answer(ring, async (request, { key }) => {
  if (request.method === "POST") carts.set(key, [...(carts.get(key) ?? []), await request.text()]);
  return Response.json(carts.get(key) ?? [], { headers: { "x-answered-by": ring.address } });
});

await (seeds.length === 0 ? ring.create() : ring.join(seeds)).catch(stop);
const server = createServer(forward(ring, ({ url }) => new URL(url, "http://ring").pathname));
server.once("error", stop);
server.listen(Number(httpPort), host, () => {
  console.log("ready", ring.address, `http://${host}:${server.address().port}`);
});

/** Tells why it cannot go on. */
function stop({ message }) {
  console.error(message);
  process.exit(1);
}
