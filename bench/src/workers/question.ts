import { serve } from "./serve.js";
import { connected, listening } from "./stream.js";

/**
 * Does nothing but what a neighbour cannot leave out: asks the next one something once an interval, and answers who
 * asks. The limit of what an idle node can cost.
 */

/** As short as anything that says which request it is. */
const question = new Uint8Array(24);

await serve({
  listen: (): Promise<number> =>
    listening("by events", ({ socket, read }) => read((asked) => socket.write(asked))),
  ask: async ({ port, intervalMs }: { readonly port: number; readonly intervalMs: number }) => {
    const socket = await connected("by events", port, ({ read }) => read(() => undefined));
    setInterval(() => socket.write(question), intervalMs);
  },
});
