import { join } from "node:path";
import { lmdbStorage } from "@chordnet/storage-lmdb";
import { tcp } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";
import { type LoadSetting, load, type Measured } from "./load.js";
import { fail, serve } from "./serve.js";
import { type ValueDeed, valueAt } from "./value.js";

/** A member that keeps values, as a process of its own: below the folder that it is given, else in memory. */

const folder = process.argv[2];
const path = join(folder ?? "", String(process.pid));
const store = folder === undefined ? {} : { storage: lmdbStorage({ path }) };
const ring = new ChordNet({ transport: tcp({ host: "127.0.0.1", port: 0 }), store });
/** On a busy machine a neighbour may seem dead for a while; that belongs into the figures, and does not end them. */
const patience = { timeoutMs: 60_000 };
let put = 0;

await serve({
  start: async ({ seed }: { readonly seed: string | null }) => {
    await (seed === null ? ring.create() : ring.join(seed, { timeoutMs: 60_000 }));
    return ring.address;
  },
  /** How many members one meets on the way round. */
  count: async (): Promise<number> => {
    let count = 0;
    for await (const _ of ring.walk()) count += 1;
    return count;
  },
  measure: ({ deed, ...setting }: LoadSetting & { readonly deed: ValueDeed }): Promise<Measured> => {
    if (deed === "put") {
      const since = put;
      put += setting.count;
      return load((place, done) => {
        ring.store.put(`key ${since + place}`, valueAt(since + place), patience).then(done, fail);
      }, setting);
    }
    return load((place, done) => {
      ring.store
        .get(`key ${place % put}`, patience)
        .then((found) => (found === null ? fail("a value is lost") : done()), fail);
    }, setting);
  },
});
