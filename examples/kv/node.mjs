// node node.mjs HTTP_PORT LISTEN FOLDER [SEED…]: PUT, GET and DELETE /KEY at any node; the ring keeps the values.

import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { lmdbStorage } from "@chordnet/storage-lmdb";
import { tcp } from "@chordnet/transport-tcp";
import { ChordNet, isChordNetError } from "chordnet";

const [httpPort, listen, path, ...seeds] = process.argv.slice(2);
if (!/^\d+$/.test(httpPort) || !/^tcp:\/\/.+:\d+$/.test(listen) || path === undefined) {
  console.error("usage: node node.mjs 8001 tcp://127.0.0.1:7001 FOLDER [tcp://SEED:PORT…]");
  process.exit(2);
}
const { hostname: host, port } = new URL(listen);
const store = { storage: lmdbStorage({ path }) };
const ring = new ChordNet({ transport: tcp({ host, port: Number(port) }), store, intervalMs: 200 });

const methods = {
  PUT: async (key, request) => `${(await ring.store.put(key, await buffer(request))).version}`,
  GET: async (key) => (await ring.store.get(key))?.bytes,
  DELETE: async (key) => `${(await ring.store.delete(key)).version}`,
};
const statuses = { TIMEOUT: 504, BAD_KEY: 400, URIError: 400, TOO_LARGE: 413, NO_ROOM: 507 };

await (seeds.length === 0 ? ring.create() : ring.joinOrCreate(seeds)).catch(stop);
const server = createServer(async (request, response) => {
  const method = methods[request.method];
  if (method === undefined) return response.writeHead(405, { allow: Object.keys(methods).join(", ") }).end();
  try {
    const key = decodeURIComponent(request.url.slice(1));
    const answer = await method(key, request);
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  } catch (error) {
    const code = isChordNetError(error) ? error.code : error.name;
    response.writeHead(statuses[code] ?? 503).end(`${code}\n`);
  }
});
server.once("error", stop);
server.listen(Number(httpPort), host, () => {
  console.log("ready", ring.address, `http://${host}:${server.address().port}`);
});
process.once("SIGTERM", async () => {
  await ring.leave();
  process.exit();
});

/** Tells why it cannot go on. */
function stop({ message }) {
  console.error(message);
  process.exit(1);
}
