import DHT from "hyperdht";
import { type LoadSetting, load, type Measured } from "./load.js";
import { fail, serve } from "./serve.js";
import { type ValueDeed, valueAt } from "./value.js";

/** A node of hyperdht, which keeps values on up to 20 nodes in memory, as a process of its own. */

const host = "127.0.0.1";
let node: DHT | null = null;
const targets: Uint8Array[] = [];

await serve({
  start: async ({ seed }: { readonly seed: { readonly host: string; readonly port: number } | null }) => {
    const bootstrap = seed === null ? [] : [seed];
    node = new DHT({ bootstrap, ephemeral: false, firewalled: false, host, port: 0 });
    await node.fullyBootstrapped();
    return { host, port: node.address().port };
  },
  measure: ({ deed, ...setting }: LoadSetting & { readonly deed: ValueDeed }): Promise<Measured> => {
    if (deed === "put") {
      const since = targets.length;
      return load((place, done) => {
        node?.immutablePut(valueAt(since + place)).then(({ hash }) => {
          targets.push(hash);
          done();
        }, fail);
      }, setting);
    }
    return load((place, done) => {
      const target = targets[place % targets.length] as Uint8Array;
      node?.immutableGet(target).then((found) => (found === null ? fail("a value is lost") : done()), fail);
    }, setting);
  },
});
