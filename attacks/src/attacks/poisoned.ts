import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { tcp } from "@chordnet/transport-tcp";
import { ChordNet, isChordNetError } from "chordnet";
import type { Attack, Outcome, Settings } from "../attack.js";
import { Losses } from "../attack.js";
import { frame, hello, kinds } from "../stranger.js";

/** Who wants to join is sent to seeds that are none, in every way that there is, again and again. */
export const poisoned: Attack = {
  name: "poisoned",
  must: "a joiner that is sent to bad seeds, for a minute: typed errors; descriptors and memory back to where they were",
  run: async ({ count }: Settings): Promise<Outcome> => attack((count ?? 60) * 1_000),
};

/** What a seed does with who comes to it. */
const ways: Readonly<Record<string, (socket: Socket, own: string) => void>> = {
  "says nothing": () => undefined,
  "hangs up": (socket) => socket.destroy(),
  "says goodbye at once": (socket) => socket.end(frame(kinds.bye, new Uint8Array(1))),
  "speaks HTTP": (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
  "sends noise": (socket) => socket.write(Buffer.alloc(65_536, 0x5a)),
  "says half a hello": (socket, own) => socket.write(hello(own).subarray(0, 20)),
  "says hello a byte at a time": (socket, own) => dribble(socket, hello(own)),
  "speaks a later version": (socket, own) => socket.write(hello(own, { version: 99 })),
  "claims to be another": (socket) => socket.write(hello("tcp://127.0.0.1:1")),
  "is a client": (socket) => socket.write(hello()),
  "refuses, and says nothing of why": (socket) => socket.write(frame(kinds.refusal, new Uint8Array(0))),
  "says hello, accepts and says nothing more": (socket, own) => welcome(socket, own, new Uint8Array(0)),
  "says hello, accepts and sends what is no message": (socket, own) =>
    welcome(socket, own, frame(kinds.data, Buffer.alloc(4_096, 0xff))),
  "promises a frame of 4 GiB": (socket) => socket.write(Buffer.alloc(64, 0xff)),
};

async function attack(forMs: number): Promise<Outcome> {
  const losses = new Losses();
  const seeds = await Promise.all(Object.entries(ways).map(([what, act]) => seed(what, act)));
  const codes = new Map<string, number>();
  await sent(seeds, 0, codes, losses);
  const before = held();
  const joins = await sent(seeds, forMs, codes, losses);
  const after = held();
  for (const { server } of seeds) server.close();
  losses.unless(
    after.descriptors <= before.descriptors,
    `${after.descriptors - before.descriptors} descriptors`,
  );
  const grown = after.heapMib - before.heapMib;
  losses.unless(grown < grownMibMax, `the heap grew by ${grown.toFixed(1)} MiB`);
  return {
    tried: `${joins} joins through bad seeds of ${seeds.length + 2} ways, in ${forMs / 1_000} s`,
    figures: {
      ...Object.fromEntries([...codes].sort().map(([code, times]) => [`failed with ${code}`, times])),
      "descriptors before, after": `${before.descriptors}, ${after.descriptors}`,
      "heap before, after, MiB": `${before.heapMib.toFixed(1)}, ${after.heapMib.toFixed(1)}`,
    },
    lost: losses.found,
  };
}

/** Sends joiners for so long, once at least, and waits until no seed has anybody left: how many joins those were. */
async function sent(
  seeds: ReadonlyArray<Seed>,
  forMs: number,
  codes: Map<string, number>,
  losses: Losses,
): Promise<number> {
  const stranger = new ChordNet({ transport: tcp({ host: "127.0.0.1", port: 0 }), ring: "another" });
  await stranger.create();
  const bad = [
    ...seeds,
    { what: "is in another ring", address: stranger.address },
    { what: "is not there", address: "tcp://127.0.0.1:1" },
  ];
  const all = bad.map(({ address }) => address);
  let joins = 0;
  const until = performance.now() + forMs;
  do {
    await Promise.all(bad.map(({ what, address }) => joined(what, [address], codes, losses)));
    // All of them, one behind the other.
    await joined("all of them", all, codes, losses);
    joins += bad.length + 1;
  } while (performance.now() < until);
  await stranger.close();
  await Promise.all(seeds.map(({ empty }) => empty()));
  return joins;
}

async function joined(
  what: string,
  addresses: ReadonlyArray<string>,
  codes: Map<string, number>,
  losses: Losses,
): Promise<void> {
  const node = new ChordNet({ transport: tcp({ host: "127.0.0.1", port: 0 }), ring: "this" });
  try {
    await node.join(addresses, { timeoutMs: joinMs });
    losses.unless(false, `it joined where the seed ${what}`);
  } catch (error) {
    const code = isChordNetError(error) ? error.code : null;
    losses.unless(code !== null, `no typed error where the seed ${what}: ${String(error)}`);
    if (code !== null) codes.set(code, (codes.get(code) ?? 0) + 1);
  } finally {
    await node.close();
  }
}

interface Seed {
  readonly what: string;
  readonly address: string;
  readonly server: Server;
  /** Until nobody is with it any more. */
  empty(): Promise<void>;
}

async function seed(what: string, act: (socket: Socket, own: string) => void): Promise<Seed> {
  const hold = { address: "" };
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.on("error", () => undefined);
    socket.resume();
    socket.on("end", () => socket.destroy());
    act(socket, hold.address);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const bound = server.address();
  hold.address = `tcp://127.0.0.1:${typeof bound === "object" && bound !== null ? bound.port : 0}`;
  const empty = async (): Promise<void> => {
    await Promise.all([...open].map((socket) => once(socket, "close")));
  };
  return { what, address: hold.address, server, empty };
}

function welcome(socket: Socket, own: string, behind: Uint8Array): void {
  socket.write(hello(own));
  socket.write(frame(kinds.accept, new Uint8Array(0)));
  socket.write(behind);
}

function dribble(socket: Socket, bytes: Uint8Array): void {
  let at = 0;
  const beat = setInterval(() => {
    socket.write(bytes.subarray(at, at + 1));
    at += 1;
  }, 20);
  socket.once("close", () => clearInterval(beat));
}

function held(): { readonly descriptors: number; readonly heapMib: number } {
  collect();
  return {
    descriptors: readdirSync("/proc/self/fd").length,
    heapMib: process.memoryUsage().heapUsed / 2 ** 20,
  };
}

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

const joinMs = 400;
const grownMibMax = 4;
