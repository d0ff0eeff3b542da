import { connected, listening } from "./raw.js";
import { serve } from "./serve.js";

/**
 * Does nothing but what a neighbour cannot leave out: asks the next one something once an interval, and answers who
 * asks. The limit of what an idle node can cost.
 */

/** As short as anything that says which request it is. */
const question = new Uint8Array(24);

await serve({
  listen: (): Promise<number> => listening((socket) => socket.on("data", (asked) => socket.write(asked))),
  ask: async ({ port, intervalMs }: { readonly port: number; readonly intervalMs: number }) => {
    const socket = await connected(port, (opened) => opened.on("data", () => undefined));
    setInterval(() => socket.write(question), intervalMs);
  },
});
