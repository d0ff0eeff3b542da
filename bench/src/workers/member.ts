import { codec, configure, defaultRing, hashText, type Id, type Peer } from "@chordnet/core";
import { tcp } from "@chordnet/transport-tcp";
import { ws } from "@chordnet/transport-ws";
import { ChordNet, ChordNetError } from "chordnet";
import { bareAsker, bareServer, foundFor, headBytes, questionOf } from "./bare.js";
import { type LoadSetting, load, type Measured, type Work } from "./load.js";
import { type FrameSizes, rawAsker, rawServer } from "./raw.js";
import { serve } from "./serve.js";

/**
 * A member of a ring, as a process of its own; in the same process what a lookup is held against: a server that only
 * answers bytes, and one that only reads and writes frames.
 */

/** Where the others find a member, and what else is in its process. */
export interface Place {
  readonly address: string;
  readonly ports: Readonly<Record<Yardstick, number>>;
}

/** One lookup, by the calendar. */
export interface Answered {
  readonly at: number;
  readonly ms: number;
  readonly ok: boolean;
}

/** What lookups are held against, read by events or in place. */
export type Yardstick = "raw" | "rawInPlace" | "bare" | "bareInPlace";

/** The contenders in this process. */
export type Contender = "lookup" | "request" | Yardstick;

const config = configure(defaultRing, {});
const wire = codec({ space: config.space, naming: config.naming });
const transport = { tcp, ws }[process.argv[2] ?? "tcp"];
if (transport === undefined) throw new RangeError(`no transport is called ${process.argv[2]}`);
const ring = new ChordNet({ transport: transport({ host: "127.0.0.1", port: 0 }) });
ring.onRequest(({ bytes }) => bytes);
const works = new Map<Contender, Work>();
const asked = new Uint8Array(32);

/** Named as members are, to be as long on the wire. */
const somebody = "tcp://127.0.0.1:40000";
const origin: Peer = { id: config.naming(somebody), address: somebody, incarnation: 1_700_000_000_000 };
const sizes: FrameSizes = {
  questionBytes:
    headBytes + wire.encode({ from: 0, to: 0, message: questionOf(2 ** 47, 1n as Id, origin) }).length,
  answerBytes: headBytes + wire.encode({ from: 0, to: 0, message: foundFor(2 ** 47) }).length,
};

await serve({
  start: async ({ seed }: { readonly seed: string | null }): Promise<Place> => {
    await (seed === null ? ring.create() : ring.join(seed, { timeoutMs: 60_000 }));
    const ports = {
      raw: await rawServer("by events", sizes),
      rawInPlace: await rawServer("in place", sizes),
      bare: await bareServer("by events", wire),
      bareInPlace: await bareServer("in place", wire),
    };
    return { address: ring.address, ports };
  },
  /** How many members one meets on the way round. */
  count: async (): Promise<number> => {
    let count = 0;
    for await (const _ of ring.walk()) count += 1;
    return count;
  },
  /** Chooses keys that others own, and who of these it is; all contenders take this route. Gives the frames' sizes. */
  prepare: async ({ places, keys }: { readonly places: ReadonlyArray<Place>; readonly keys: number }) => {
    const route: number[] = [];
    const chosen: string[] = [];
    for (let i = 0; chosen.length < keys; i++) {
      const { address, self } = await ring.lookup(`key ${i}`);
      if (self) continue;
      chosen.push(`key ${i}`);
      route.push(places.findIndex((place) => place.address === address));
    }
    const targets = chosen.map((key) => hashText(config.space, "sha256", key));
    const ours = (ask: (key: string) => Promise<unknown>): Work => {
      return (place, done) => {
        ask(chosen[place % keys] as string).then(done, (error: unknown) => {
          process.stderr.write(`it found no answer, and counts with the time it took: ${String(error)}\n`);
          done();
        });
      };
    };
    works.set(
      "lookup",
      ours((key) => ring.lookup(key)),
    );
    works.set(
      "request",
      ours((key) => ring.request(key, asked)),
    );
    const portsOf = (yardstick: Yardstick): number[] => places.map(({ ports }) => ports[yardstick]);
    const frames = { codec: wire, targets, origin };
    works.set("raw", await rawAsker("by events", portsOf("raw"), route, sizes));
    works.set("rawInPlace", await rawAsker("in place", portsOf("rawInPlace"), route, sizes));
    works.set("bare", await bareAsker("by events", portsOf("bare"), route, frames));
    works.set("bareInPlace", await bareAsker("in place", portsOf("bareInPlace"), route, frames));
    return sizes;
  },
  /** How many lookups a second begin, however long each takes, of keys that anybody may own. */
  pace: ({ perS, ms }: { readonly perS: number; readonly ms: number }): Promise<Answered[]> =>
    new Promise((resolve) => {
      const asked: Promise<Answered>[] = [];
      const timer = setInterval(() => {
        asked.push(timed(`key ${asked.length}`));
        if (asked.length < (perS * ms) / 1000) return;
        clearInterval(timer);
        resolve(Promise.all(asked));
      }, 1000 / perS);
    }),
  measure: ({
    contender,
    ...setting
  }: LoadSetting & { readonly contender: Contender }): Promise<Measured> => {
    const work = works.get(contender);
    if (work === undefined) throw new RangeError(`nobody is prepared as ${contender}`);
    return load(work, setting);
  },
});

async function timed(key: string): Promise<Answered> {
  const [at, from] = [Date.now(), performance.now()];
  const ok = await ring.lookup(key, { timeoutMs: 5_000 }).then(() => true, isTrouble);
  return { at, ms: performance.now() - from, ok };
}

/** No answer in time is one, too. */
function isTrouble(error: unknown): false {
  if (error instanceof ChordNetError) return false;
  throw error;
}
