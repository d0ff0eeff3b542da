import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { Endpoint, TransportEvent } from "@chordnet/transport";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { messageBytesMax, messagesOf } from "../src/address.js";
import { ws } from "../src/ws.js";

const endpoints = new Set<Endpoint>();

const open = async (
  path: string,
  onEvent: (event: TransportEvent) => void = () => undefined,
): Promise<Endpoint> => {
  const endpoint = await ws({ host: "127.0.0.1", port: 0, path }).open({
    incarnation: 1,
    describe: () => new Uint8Array(0),
    versions: [1, 1],
    judge: () => null,
    onEvent,
  });
  endpoints.add(endpoint);
  return endpoint;
};

afterEach(async () => {
  await Promise.all([...endpoints].map((endpoint) => endpoint.close()));
  endpoints.clear();
});

/** The close code that a platform's WebSocket gets after it sent this. */
/** How the connection is closed to one message in these fragments. */
const closeCode = (address: string, ...fragments: ReadonlyArray<string | Uint8Array>): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(address);
    socket.on("error", reject);
    socket.on("open", () => {
      for (const [i, fragment] of fragments.entries())
        socket.send(fragment, { fin: i === fragments.length - 1 });
    });
    socket.on("close", resolve);
  });

describe("a listening WebSocket", () => {
  it("answers who does not ask for an upgrade", async () => {
    const { address } = await open("/ring");
    expect((await fetch(String(address).replace("ws:", "http:"))).status).toBe(426);
  });

  it("listens at its path only", async () => {
    const { address } = await open("/ring");
    const elsewhere = String(address).replace("/ring", "/other");
    await expect(closeCode(elsewhere, "hi")).rejects.toThrow("404");
  });

  it("reports another path as another protocol", async () => {
    const [a, b] = [await open("/ring"), await open("/ring")];
    const greeted = await a.greet(String(b.address).replace("/ring", "/other"));
    expect(greeted).toMatchObject({ left: { reason: "protocol" } });
  });

  it("is told from a port that does not speak HTTP, and what to do about that", async () => {
    const a = await open("/ring");
    const plain = createServer((socket) => socket.end("\0\0\0\u0004CHRD")).listen(0, "127.0.0.1");
    await once(plain, "listening");
    const { port } = plain.address() as AddressInfo;
    try {
      expect(await a.greet(`ws://127.0.0.1:${port}/ring`)).toMatchObject({
        left: { reason: "protocol", detail: expect.stringContaining(`name it as tcp://127.0.0.1:${port}`) },
      });
    } finally {
      plain.close();
    }
  });

  it("closes to text, and to messages that are too long", async () => {
    const { address } = await open("/ring");
    expect(await closeCode(String(address), "hello")).toBe(1003);
    // It is the last byte that is too many: what is not read when a socket is closed resets it, close frame and all.
    const tooLong = [new Uint8Array(messageBytesMax), new Uint8Array(1)];
    expect(await closeCode(String(address), ...tooLong)).toBe(1009);
  });
});

describe("messagesOf", () => {
  it("cuts only what is too long", () => {
    const lengths = (bytes: number): number[] =>
      messagesOf([new Uint8Array(bytes)]).map(({ length }) => length);
    expect([0, messageBytesMax, messageBytesMax + 1].map(lengths)).toEqual([
      [0],
      [messageBytesMax],
      [messageBytesMax, 1],
    ]);
  });
});
