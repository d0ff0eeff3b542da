import { ChordNet } from "chordnet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pythonChordnet } from "../src/index.js";
import { named } from "../src/space.js";
import { exchange } from "./raw.js";

const transport = () => pythonChordnet({ host: "127.0.0.1", port: 0 });
const one = new ChordNet({ transport: transport(), intervalMs: 500 });
const two = new ChordNet({ transport: transport(), intervalMs: 500 });

/** `ADDR` of the wire, put together by hand. */
const wired = ({ address }: ChordNet) => `${named(address)}:${address.slice("chordnet-py://".length)}`;
const key = ({ address }: ChordNet) => Number(named(address));

beforeAll(async () => {
  await one.create();
  const found = new Promise((resolve) => one.on("predecessorChanged", resolve));
  const settled = new Promise((resolve) => two.on("predecessorChanged", resolve));
  await two.join(one.address);
  await Promise.all([found, settled]);
});

afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
});

describe("the wire of the Python library, answered", () => {
  it("pings", async () => expect(await exchange(one.address, "PING:")).toBe("ALIVE"));

  it("predecessors", async () => expect(await exchange(one.address, "GET_PREDECESSOR:")).toBe(wired(two)));

  it("nil without a predecessor", async () => {
    const lone = new ChordNet({ transport: transport() });
    await lone.create();
    expect(await exchange(lone.address, "GET_PREDECESSOR:")).toBe("nil");
    expect(await exchange(lone.address, "FIND_SUCCESSOR:5")).toBe(wired(lone));
    await lone.close();
  });

  it.each([
    ["an id's owner", () => key(one), () => one],
    ["the owner of what lies behind", () => key(one) + 1, () => two],
    ["its own id", () => key(two), () => two],
    ["what lies beyond the circle", () => key(two) + 65_536 * 3, () => two],
    ["what lies below it", () => key(two) - 65_536, () => two],
  ])("FIND_SUCCESSOR and TRACE_SUCCESSOR: %s", async (_, target, owner) => {
    for (const asked of [one, two]) {
      expect(await exchange(asked.address, `FIND_SUCCESSOR:${target()}`)).toBe(wired(owner()));
      expect(await exchange(asked.address, `TRACE_SUCCESSOR:${target()}:7`)).toBe(`${wired(owner())}:7`);
    }
  });

  it("white space, and a number in two packets", async () => {
    const digits = String(key(one));
    expect(await exchange(one.address, ` FIND_SUCCESSOR : ${digits} \n`)).toBe(wired(one));
    expect(await exchange(one.address, "FIND_SUCC", `ESSOR:${digits}`)).toBe(wired(one));
    expect(await exchange(one.address, "PING", ":")).toBe("ALIVE");
  });

  it("notifications: from whom it is known, from farther away, from nobody", async () => {
    expect(await exchange(one.address, `NOTIFY:${wired(two)}`)).toBe("OK");
    const absent = { address: "chordnet-py://127.0.0.1:1" };
    expect(await exchange(one.address, `NOTIFY:${named(absent.address)}:127.0.0.1:1`)).toBe("INVALID_NODE");
    expect(
      await exchange(
        one.address,
        `NOTIFY:${(key(two) + 1) % 65_536}:${wired(two).split(":").slice(1).join(":")}`,
      ),
    ).toBe("INVALID_NODE");
    expect(await exchange(one.address, `NOTIFY:${wired(one)}`)).toBe("INVALID_NODE");
    expect(await exchange(one.address, "NOTIFY:1:2")).toBe("INVALID_NODE");
    expect(await exchange(one.address, "NOTIFY:a:b:c")).toBe("INVALID_NODE");
    expect(await exchange(one.address, "GET_PREDECESSOR:")).toBe(wired(two));
  });

  it.each([
    ["FIND_SUCCESSOR:", ""],
    ["FIND_SUCCESSOR:x", ""],
    ["TRACE_SUCCESSOR:1", "ERROR:Invalid TRACE_SUCCESSOR Request"],
    ["TRACE_SUCCESSOR:1:x", "ERROR:Invalid TRACE_SUCCESSOR Request"],
    ["GET_SUCCESSOR:", "INVALID_METHOD"],
    ["x".repeat(5_000), "INVALID_METHOD"],
  ])("what it can't read: %j", async (text, reply) => {
    expect(await exchange(one.address, text)).toBe(reply);
  });

  it("bytes that are no text: closed without a word", async () =>
    expect(await exchange(one.address, new Uint8Array([0x50, 0xff, 0xfe, 0x3a]))).toBe(""));
});
