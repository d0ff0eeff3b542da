import { createHash } from "node:crypto";
import { Client } from "bittorrent-dht";
import { type LoadSetting, load, type Measured } from "./load.js";
import { fail, serve } from "./serve.js";

/** A node of BitTorrent's Kademlia, as a process of its own. */

const host = "127.0.0.1";
let node: Client | null = null;

await serve({
  start: ({ seed }: { readonly seed: { readonly host: string; readonly port: number } | null }) => {
    const started = new Client({ bootstrap: seed === null ? false : [`${seed.host}:${seed.port}`], host });
    node = started;
    return new Promise((resolve) => {
      started.on("ready", () => resolve({ host, port: started.address().port }));
      started.listen(0, host, () => undefined);
    });
  },
  measure: (setting: LoadSetting): Promise<Measured> =>
    load((place, done) => {
      const infoHash = createHash("sha1").update(`key ${place}`).digest();
      node?.lookup(infoHash, (error) => (error === null ? done() : fail(error)));
    }, setting),
});
