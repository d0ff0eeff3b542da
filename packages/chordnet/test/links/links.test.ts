import type { RawSocket } from "@chordnet/transport";
import { expect, it } from "vitest";
import { Links } from "../../src/links/links.js";
import { refusalsMax } from "../../src/links/refusals.js";
import { noCounts } from "../../src/observing/counters.js";
import { silentLogger } from "../../src/ports.js";
import { FakeClock } from "../fake-clock.js";
import { eventually, rings } from "../rings.js";

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
  expect(warned).toEqual(["connection turned away by us"]);
});

it("know why those that refused last did so, and forget the first of too many", async () => {
  const links = await Links.open([network.transport({ name: "asker" })], {
    ...{ incarnation: 1, limits: {}, describe: () => new Uint8Array(0), judge: () => null },
    ...{ clock: new FakeClock(), logger: silentLogger, counters: noCounts() },
    observer: {
      engine: () => null,
      exchanges: () => null,
      rejected: () => undefined,
    },
  });
  const refused = (peer: string, code: string): void =>
    links.take(0, {
      _tag: "SendFailed",
      peer,
      frames: [],
      reason: "rejected",
      refusal: { code, detail: "" },
    });
  for (let n = 0; n < refusalsMax; n += 1) refused(`memory://p${n}`, "full");
  refused("memory://p0", "gone");
  refused("memory://last", "full");
  expect(["p0", "p1", "p2", "last"].map((name) => links.refusal(`memory://${name}`)?.code)).toEqual([
    "gone",
    undefined,
    "full",
    "full",
  ]);
  links.take(0, { _tag: "SendFailed", peer: "memory://last", frames: [], reason: "timeout" });
  expect(links.refusal("memory://last")).toBe(null);
  await links.close();
});
