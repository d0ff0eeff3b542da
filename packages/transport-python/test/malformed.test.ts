import { once } from "node:events";
import type { Socket } from "node:net";
import { ChordNet } from "chordnet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pythonChordnet } from "../src/index.js";
import { named } from "../src/space.js";
import { dialled, exchange, halfClosed, heard, served } from "./raw.js";

/** What comes to a node's port that no node of the library sends. `docs/PYTHON.md` has a row for each of these. */

const node = (): ChordNet =>
  new ChordNet({ transport: pythonChordnet({ host: "127.0.0.1", port: 0 }), intervalMs: 500 });
const [one, two] = [node(), node()];
const wired = (url: string): string => `${named(url)}:${url.slice("chordnet-py://".length)}`;
const key = ({ address }: ChordNet): bigint => named(address);

beforeAll(async () => {
  await one.create();
  const settled = [one, two].map((each) => new Promise((resolve) => each.on("predecessorChanged", resolve)));
  await two.join(one.address);
  await Promise.all(settled);
});

afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
});

/** Whatever was tried: the two still know each other, and all keys are found. */
async function unharmed(): Promise<void> {
  expect(await exchange(one.address, "GET_PREDECESSOR:")).toBe(wired(two.address));
  expect(await exchange(two.address, "GET_PREDECESSOR:")).toBe(wired(one.address));
  for (const asked of [one, two])
    for (const owner of [one, two])
      expect((await asked.lookup({ id: key(owner) })).address).toBe(owner.address);
}

describe("malformed requests", () => {
  it("cut anywhere before its number's digits, a request is one all the same", async () => {
    for (const text of [`FIND_SUCCESSOR:${key(one)}`, `NOTIFY:${wired(two.address)}`, "GET_PREDECESSOR:"]) {
      const whole = await exchange(one.address, text);
      expect(whole).not.toBe("");
      for (let at = 1; at <= Math.min(text.indexOf(":") + 1, text.length - 1); at += 1)
        expect(await exchange(one.address, text.slice(0, at), text.slice(at))).toBe(whole);
    }
  });

  it("a notification is awaited to its last digit", async () => {
    const text = `NOTIFY:${wired(two.address)}`;
    for (let at = 1; at < text.length; at += 3)
      expect(await exchange(one.address, text.slice(0, at), text.slice(at))).toBe("OK");
  });

  it("half closed, before and behind a request", async () => {
    expect(await halfClosed(one.address, `FIND_SUCCESSOR:${key(two)}`)).toBe(wired(two.address));
    expect(await halfClosed(one.address, "PING")).toBe("ALIVE");
    expect(await halfClosed(one.address, "")).toBe("INVALID_METHOD");
  });

  it.each([
    ["with a sign", (id: bigint) => `+${id}`],
    ["with zeros", (id: bigint) => `0000${id}`],
    ["far beyond the circle", (id: bigint) => `${id + (1n << 2_000n) * 65_536n}`],
    ["far below it", (id: bigint) => `${id - (1n << 2_000n) * 65_536n}`],
  ])("an integer %s goes round the circle", async (_, written) => {
    for (const owner of [one, two]) {
      expect(await exchange(one.address, `FIND_SUCCESSOR:${written(key(owner))}`)).toBe(wired(owner.address));
    }
  });

  it.each(["0x10", "1e3", "1_000", "Infinity", "NaN", "-", "١٢", "9 9", "1.5", "null"])(
    "what is no integer has no answer: %j",
    async (text) => {
      expect(await exchange(one.address, `FIND_SUCCESSOR:${text}`)).toBe("");
      expect(await exchange(one.address, `TRACE_SUCCESSOR:5:${text}`)).toMatch(/^ERROR:/);
    },
  );

  it("hops beyond any number are counted on", async () => {
    const hops = 10n ** 300n;
    expect(await exchange(one.address, `TRACE_SUCCESSOR:${key(one)}:${hops}`)).toBe(
      `${wired(one.address)}:${hops}`,
    );
  });

  it("a request of 1,024 bytes is read, of a longer one its first 1,024", async () => {
    const of = (bytes: number): string => `FIND_SUCCESSOR:${String(key(two)).padStart(bytes - 15, "0")}`;
    expect(await exchange(one.address, of(1_024))).toBe(wired(two.address));
    expect(await exchange(one.address, `${of(1_024)}99`)).toBe(wired(two.address));
    expect(await exchange(one.address, "y".repeat(1 << 20))).toBe("INVALID_METHOD");
  });

  it("methods that would set pointers are none", async () => {
    for (const method of ["SET_PREDECESSOR", "SET_SUCCESSOR", "UPDATE_FINGER_TABLE", "LEAVE", "notify"])
      expect(await exchange(one.address, `${method}:${wired("chordnet-py://127.0.0.1:1")}`)).toBe(
        "INVALID_METHOD",
      );
    await unharmed();
  });
});

describe("slow, silent and many", () => {
  it("who sends a byte a second is answered for what it has sent, and others meanwhile", async () => {
    const socket = dialled(one.address);
    const said = heard(socket);
    socket.write("P");
    await unharmed();
    expect(await said).toBe("INVALID_METHOD");
  });

  it("who goes on sending, or does not take its answer, is cut", async () => {
    const socket = dialled(one.address);
    socket.on("error", () => undefined);
    const chatter = (): void => {
      if (!socket.destroyed) socket.write("x".repeat(65_536), () => setImmediate(chatter));
    };
    chatter();
    socket.resume();
    await once(socket, "close");
    await unharmed();
  });

  it("of more silent callers than may be, the oldest give way; the rest are cut in 5 s", async () => {
    const crowd: Socket[] = [];
    for (let i = 0; i < 1_100; i += 1) {
      const socket = dialled(one.address);
      crowd.push(socket);
      socket.on("error", () => undefined);
      await once(socket, "connect");
    }
    const open = (): number => crowd.filter(({ destroyed }) => !destroyed).length;
    await unharmed();
    await Promise.all(crowd.map((socket) => (socket.destroyed ? null : once(socket.resume(), "close"))));
    expect(open()).toBe(0);
    await unharmed();
  });
});

describe("forged notifications", () => {
  it.each([
    ["a key that is not the address's", () => `7:${two.address.slice("chordnet-py://".length)}`],
    ["an address at which nobody is", () => wired("chordnet-py://127.0.0.1:1")],
    ["the node's own address", () => wired(one.address)],
    ["a name that is none", () => "5:no such:7000"],
    ["a port that is none", () => "5:127.0.0.1:70000"],
    ["IPv6", () => "5:[::1]:7000"],
  ])("%s: no effect", async (_, address) => {
    expect(await exchange(one.address, `NOTIFY:${address()}`)).toBe("INVALID_NODE");
    await unharmed();
  });

  it.each([
    ["says nothing of the kind", "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ["says nothing", ""],
  ])("an address at which something else answers, that %s: no effect", async (_, answer) => {
    const { url, server } = await served((socket) => socket.end(answer));
    expect(await exchange(one.address, `NOTIFY:${wired(url)}`)).toBe("INVALID_NODE");
    await unharmed();
    server.close();
  });

  it("one in the name of a node that lives: it is met as one that joins", async () => {
    const lone = node();
    await lone.create();
    const met = new Promise((resolve) => lone.on("successorChanged", resolve));
    expect(await exchange(one.address, `NOTIFY:${wired(lone.address)}`)).toMatch(/^(OK|IGNORED)$/);
    await met;
    await lone.close();
  });
});
