import { createHash } from "node:crypto";
import DHT from "dht-rpc";
import { type LoadSetting, load, type Measured } from "./load.js";
import { fail, serve } from "./serve.js";

/** A node of dht-rpc, the Kademlia beneath hyperdht, as a process of its own. */

const host = "127.0.0.1";
let node: DHT | null = null;

await serve({
  start: async ({ seed }: { readonly seed: { readonly host: string; readonly port: number } | null }) => {
    const bootstrap = seed === null ? [] : [seed];
    node = new DHT({ bootstrap, ephemeral: false, firewalled: false, host, port: 0 });
    await node.fullyBootstrapped();
    return { host, port: node.address().port };
  },
  measure: (setting: LoadSetting): Promise<Measured> =>
    load((place, done) => {
      const target = createHash("sha256").update(`key ${place}`).digest();
      node?.findNode(target).finished().then(done, fail);
    }, setting),
});
