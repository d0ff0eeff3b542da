// Opens something over TCP, closes it, says "closed", and must then end by itself. Run by closing.test.ts.

import { createServer } from "node:net";
import { tcp } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";

const listening = () => tcp({ host: "127.0.0.1", port: 0 });
const node = (options) => new ChordNet({ transport: listening(), intervalMs: 100, ...options });
const ignore = () => undefined;

async function pair() {
  const a = node();
  await a.create();
  const b = node();
  await b.join(a.address);
  return [a, b];
}

const closeAll = (...all) => Promise.all(all.map((each) => each.close()));

const scenes = {
  idle: () => node().close(),
  alone: async () => {
    const a = node();
    await a.create();
    await a.close();
  },
  ring: async () => {
    const [a, b] = await pair();
    for (let i = 0; i < 20; i += 1) await b.lookup(`key ${i}`);
    const late = Array.from({ length: 100 }, (_, i) => a.lookup(`late ${i}`).catch(ignore));
    await closeAll(a, b);
    await Promise.all(late);
  },
  left: async () => {
    const [a, b] = await pair();
    await b.leave();
    await a.leave();
  },
  disposed: async () => {
    const [a, b] = await pair();
    await b[Symbol.asyncDispose]();
    await a[Symbol.asyncDispose]();
  },
  // A seed that accepts and says nothing.
  joining: async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const a = node();
    const joining = a.join(`tcp://127.0.0.1:${silent.address().port}`).catch(ignore);
    await new Promise((resolve) =>
      silent.once("connection", (socket) => resolve(socket.on("error", ignore))),
    );
    await a.close();
    await joining;
    silent.close();
  },
  opening: async () => {
    const a = node();
    const creating = a.create().catch(ignore);
    await a.close();
    await creating;
  },
  failed: async () => {
    const a = node();
    await a.join("tcp://127.0.0.1:9", { timeoutMs: 300 }).catch(ignore);
    const b = node({ transport: tcp({ host: "127.0.0.1", port: 0, advertise: "tcp://0.0.0.0:1" }) });
    await b.create().catch(ignore);
  },
  watching: async () => {
    const [a, b] = await pair();
    a.watch("x", ignore);
    await new Promise((resolve) => b.watch("x", resolve));
    await closeAll(a, b);
  },
  client: async () => {
    const [a, b] = await pair();
    const client = await ChordNet.connect({ transport: tcp(), via: [a.address, b.address] });
    await client.lookup("x");
    await closeAll(a);
    const late = Array.from({ length: 20 }, (_, i) => client.lookup(`late ${i}`).catch(ignore));
    await closeAll(client, b);
    await Promise.all(late);
  },
  walking: async () => {
    const [a, b] = await pair();
    for await (const _ of a.walk()) break;
    for await (const _ of b.lookups(["x", "y", "z"])) break;
    await closeAll(a, b);
  },
};

await scenes[process.argv[2]]();
process.stdout.write("closed\n");
