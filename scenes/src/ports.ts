import { createServer } from "node:net";
import type { Random } from "./random.js";

/**
 * Below the range from which systems take the ports of outgoing connections, so that a port stays free between two
 * lives.
 */
const lowest = 20_000;
const highest = 32_000;

/** A port of the loopback that nobody listens on, and that was not `taken`. */
export async function freePort(random: Random, taken: ReadonlySet<number>): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = lowest + random.below(highest - lowest);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port from ${lowest} to ${highest} on 127.0.0.1`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
