// node node.mjs LISTEN [SEED…]: one of many equal nodes with the same six jobs. Each runs once a second, on one of
// them.

import { tcp } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";
import cron from "node-cron";
import { coordinator } from "./coordinator.mjs";

const [listen, ...seeds] = process.argv.slice(2);
if (!/^tcp:\/\/.+:\d+$/.test(listen)) {
  console.error("usage: node node.mjs tcp://127.0.0.1:7001 [tcp://SEED:PORT…]");
  process.exit(2);
}
const { hostname: host, port } = new URL(listen);
const ring = new ChordNet({ transport: tcp({ host, port: Number(port) }), intervalMs: 200 });

process.once("SIGTERM", async () => {
  await ring.leave(); // waits for the jobs that run
  await cron.shutdown();
  process.exit();
});

await (seeds.length === 0 ? ring.create() : ring.join(seeds)).catch(stop);
console.log("ready", ring.address);

const runCoordinator = coordinator(ring);
for (const name of ["mail", "bills", "backup", "report", "index", "sweep"]) {
  const run = (context) => {
    const { epoch, signal } = runCoordinator.held(context);
    if (signal.aborted) return; // no longer ours
    console.log("ran", name, context.date.toISOString(), epoch); // or write, and let the store refuse lower epochs
  };
  cron.schedule("* * * * * *", run, { name, distributed: true, runCoordinator });
}

/** Tells why it cannot go on. */
function stop({ message }) {
  console.error(message);
  process.exit(1);
}
