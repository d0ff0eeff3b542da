import type { RawSocket } from "@chordnet/transport";
import { expect, it } from "vitest";
import { silentLogger } from "../src/ports.js";
import { eventually, rings } from "./rings.js";

const { network, node } = rings();

it("count every connection that is refused, and do not log each", async () => {
  const warned: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => void warned.push(message) };
  const a = node("a", { logger });
  await a.create();
  const stranger = network.driver();
  for (let i = 0; i < 20; i += 1) {
    const dialled = await stranger.dial(a.address, {
      timeoutMs: 1_000,
      signal: new AbortController().signal,
    });
    const socket: RawSocket | null = dialled._tag === "Right" ? dialled.right : null;
    socket?.write([new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")]);
  }
  await eventually(() => a.status().counters.rejectedByUs === 20);
  expect(warned).toEqual(["connection refused by us"]);
});
