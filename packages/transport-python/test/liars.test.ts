import type { Socket } from "node:net";
import type { Client } from "chordnet";
import { ChordNet, ChordNetError } from "chordnet";
import { describe, expect, it } from "vitest";
import { pythonChordnet } from "../src/index.js";
import { named } from "../src/space.js";
import { served } from "./raw.js";

/** Peers whose answers are none. Each answers pings, so that it is asked at all. */

const absent = "chordnet-py://127.0.0.1:1";
const wired = (url: string): string => `${named(url)}:${url.slice("chordnet-py://".length)}`;

async function asked(act: (socket: Socket) => void, ask: (client: Client, url: string) => Promise<unknown>) {
  const { url, server } = await served((socket, request) =>
    request.startsWith("PING") ? socket.end("ALIVE") : act(socket),
  );
  const client = await ChordNet.connect({ transport: pythonChordnet(), via: url, timeoutMs: 700 });
  try {
    await ask(client, url);
    return "answered";
  } catch (error) {
    if (error instanceof ChordNetError) return error.code;
    throw error;
  } finally {
    await client.close();
    server.close();
  }
}

const answers: ReadonlyArray<readonly [string, (socket: Socket) => void]> = [
  ["nothing, and closes", (socket) => socket.end()],
  ["nothing, and does not close", () => undefined],
  ["nothing, and breaks off", (socket) => socket.destroy()],
  ["nil", (socket) => socket.end("nil")],
  ["None, as the library does when it fails", (socket) => socket.end("None")],
  ["a key that is not the address's", (socket) => socket.end("5:127.0.0.1:7000")],
  ["numbers beyond all bounds", (socket) => socket.end(`${1n << 900n}:127.0.0.1:${1n << 64n}`)],
  ["bytes that are no text", (socket) => socket.end(Buffer.from([0xff, 0xfe, 0x3a, 0x00]))],
  ["more than 1,024 bytes", (socket) => socket.end(`${wired(absent)}${" ".repeat(1_100)}`)],
  ["without an end", (socket) => void endless(socket)],
  ["a byte a second", (socket) => void slow(socket)],
];

function endless(socket: Socket): void {
  if (!socket.destroyed) socket.write("9".repeat(512), () => setImmediate(endless, socket));
}

function slow(socket: Socket): void {
  const beat = setInterval(() => socket.write("9"), 1_000);
  socket.once("close", () => clearInterval(beat));
}

describe("a peer that answers", () => {
  it.each(answers)("%s: lookups fail in time", async (_, act) => {
    const code = await asked(act, (client) => client.lookup({ id: 5n }));
    expect(["NO_OWNER", "PEER_UNREACHABLE", "TIMEOUT"]).toContain(code);
  });

  it.each(answers)("%s: it can't be inspected", async (_, act) => {
    const code = await asked(act, (client, url) => client.inspect(url));
    expect(["REFUSED", "NO_OWNER", "PEER_UNREACHABLE", "TIMEOUT"]).toContain(code);
  });

  it.each(["1e300", "-1", "x", "", "99999999999999999999"])("hops %j: nobody comes to harm", async (hops) => {
    const code = await asked(
      (socket) => socket.end(`${wired(absent)}:${hops}`),
      (client) => client.trace({ id: 5n }),
    );
    expect(["answered", "NO_OWNER"]).toContain(code);
  });
});

describe("a node beside a peer that lies", () => {
  /** A member that says of itself: there is nobody before me, and I am the owner of all; or names one that is dead. */
  const beside = async (
    reply: (request: string, url: string) => string,
    judge: (node: ChordNet, liar: string) => Promise<void>,
  ): Promise<void> => {
    const liar = await served((socket, request) =>
      socket.end(request.startsWith("PING") ? "ALIVE" : reply(request, liar.url)),
    );
    const node = new ChordNet({
      transport: pythonChordnet({ host: "127.0.0.1", port: 0 }),
      intervalMs: 200,
      timeoutMs: 1_500,
    });
    await node.join(liar.url);
    await judge(node, liar.url);
    await node.close();
    liar.server.close();
  };

  it("is told a wrong owner of the peer's own id, and does not ask for that", async () => {
    const reply = (request: string, liar: string): string =>
      request.startsWith("GET") ? "nil" : request.startsWith("NOTIFY") ? "OK" : wired(liar);
    await beside(reply, async (node, liar) => {
      expect((await node.lookup({ id: named(liar) })).address).toBe(liar);
    });
  });

  it("is told of a dead predecessor and successor again and again: they are dialled, and not adopted", async () => {
    const reply = (request: string, liar: string): string => {
      if (request.startsWith("NOTIFY")) return "OK";
      // The way in is real.
      return request.startsWith("GET") ? wired(absent) : wired(liar);
    };
    await beside(reply, async (node, liar) => {
      for (let i = 0; i < 5; i += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        const [view] = node.status().nodes;
        expect(view?.successors.map(({ address }) => address)).toEqual([liar]);
      }
    });
  });
});
