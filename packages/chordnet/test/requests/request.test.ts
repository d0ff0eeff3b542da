import { describe, expect, it } from "vitest";
import type { ChordNet, KeyRequest } from "../../src/index.js";
import { silentLogger } from "../../src/ports.js";
import { bodyBytesMax } from "../../src/requests/handler.js";
import { settled } from "../fake-clock.js";
import { code, eventually, failure, rings } from "../rings.js";

const on = rings();
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (of: string): Uint8Array => new TextEncoder().encode(of);
/** Megabytes keep a process from renewing leases that last but a moment. */
const unhurried = { intervalMs: 500 };
const keys = Array.from({ length: 24 }, (_, i) => `key ${i}`);

/** Bytes that were given away, as to another thread. */
function transferred(): Uint8Array {
  const given = new Uint8Array(100);
  structuredClone(given, { transfer: [given.buffer as ArrayBuffer] });
  return given;
}

/** Each node answers with its address and what it was told. */
function echo(nodes: ReadonlyArray<ChordNet>, seen: KeyRequest[] = []): void {
  for (const node of nodes) {
    node.onRequest((request) => {
      seen.push(request);
      return bytes(`${node.address} ${text(request.bytes)}`);
    });
  }
}

async function ownerOf(nodes: ReadonlyArray<ChordNet>, key: string): Promise<ChordNet> {
  await eventually(() => nodes.some((node) => node.owns(key)));
  return nodes.find((node) => node.owns(key)) as ChordNet;
}

async function ownedBy(node: ChordNet): Promise<string> {
  const owned = (): string | undefined => keys.find((key) => node.owns(key));
  await eventually(() => owned() !== undefined);
  return owned() as string;
}

describe("a request", () => {
  it("goes to the key's owner, whoever asks", async () => {
    const nodes = await on.ring(3);
    const seen: KeyRequest[] = [];
    echo(nodes, seen);
    const client = await on.client("memory://b");
    for (const asker of [...nodes, client]) {
      for (const key of keys) {
        const owner = await ownerOf(nodes, key);
        expect(text(await asker.request(key, bytes(key)))).toBe(`${owner.address} ${key}`);
      }
    }
    expect(seen.length).toBe(4 * keys.length);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    expect(seen.every(({ id, epoch }) => /^[0-9a-f]{24}$/.test(id) && epoch > 0)).toBe(true);
    expect(new Set(seen.map(({ from }) => from))).toEqual(
      new Set([null, "memory://a", "memory://b", "memory://c"]),
    );
  });

  it("brings the key as it was written", async () => {
    const [a, b] = (await on.ring(2)) as [ChordNet, ChordNet];
    const seen: KeyRequest[] = [];
    echo([a, b], seen);
    const given = ["text ☃", new Uint8Array([1, 2, 3]), { id: b.id }, { id: a.id }];
    for (const key of given) await a.request(key, bytes("?"));
    expect(seen.map(({ key }) => key)).toEqual(given);
  });

  it("carries bodies of every length up to the limit, and none beyond", async () => {
    const nodes = await on.ring(2, unhurried);
    for (const node of nodes) node.onRequest((request) => request.bytes);
    const key = await ownedBy(nodes[1] as ChordNet);
    const client = await on.client("memory://a");
    for (const asker of [...nodes, client]) {
      for (const length of [0, 1, 32_768, 32_769, 262_144, 262_145, 1_000_000]) {
        const body = new Uint8Array(length).map((_, i) => i * 7);
        expect(Buffer.compare(await asker.request(key, body), body)).toBe(0);
      }
    }
    const [a] = nodes as [ChordNet];
    const largest = new Uint8Array(bodyBytesMax);
    expect((await a.request(key, largest, { timeoutMs: 20_000 })).length).toBe(bodyBytesMax);
    expect(await code(() => a.request(key, new Uint8Array(bodyBytesMax + 1)))).toBe("TOO_LARGE");
  });

  it("refuses a response, and a request, that are larger than one piece may be", async () => {
    const nodes = await on.ring(2, unhurried);
    const [a, b] = nodes as [ChordNet, ChordNet];
    b.onRequest(() => new Uint8Array(bodyBytesMax + 1));
    a.onRequest(({ bytes: body }) => body);
    const toB = await ownedBy(b);
    for (const asker of [a, b]) {
      const tooLong = await failure(() => asker.request(toB, bytes("?"), { timeoutMs: 20_000 }));
      expect(tooLong).toMatchObject({ code: "TOO_LARGE", data: { what: "the response" } });
    }
    const body = async function* (): AsyncIterable<Uint8Array> {
      for (let sent = 0; sent <= bodyBytesMax; sent += 1_048_576) yield new Uint8Array(1_048_576);
    };
    const toA = await ownedBy(a);
    for (const asker of [a, b]) {
      const told = await failure(() => asker.stream(toA, body()).next());
      expect(told).toMatchObject({ code: "TOO_LARGE", data: { what: "the request" } });
    }
  });

  it("fails with a type where there is no handler, or it throws", async () => {
    const nodes = await on.ring(2);
    const [a, b] = nodes as [ChordNet, ChordNet];
    const client = await on.client("memory://a");
    for (const owner of [a, b]) {
      const key = await ownedBy(owner);
      for (const asker of [a, b, client]) {
        const stop = owner.onRequest(() => {
          throw new Error("no such room");
        });
        expect(await failure(() => asker.request(key, bytes("?")))).toMatchObject({
          code: "HANDLER_FAILED",
          fault: "peer",
          data: { detail: "no such room" },
        });
        stop();
        expect(await code(() => asker.request(key, bytes("?")))).toBe("NO_HANDLER");
        const other = owner.onRequest((() => "text") as never);
        expect(await code(() => asker.request(key, bytes("?")))).toBe("HANDLER_FAILED");
        other();
      }
    }
  });

  it("fails at once where what the handler gives, or throws, cannot be told", async () => {
    const nodes = await on.ring(2);
    const [a, b] = nodes as [ChordNet, ChordNet];
    const client = await on.client("memory://a");
    const unlookable = (): never => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      throw proxy;
    };
    const broken = async function* () {
      unlookable();
      yield bytes("never");
    };
    const many = (): never => {
      throw new Error(`two\nlines ${"x".repeat(10_000)}`);
    };
    for (const owner of [a, b]) {
      const key = await ownedBy(owner);
      for (const [onRequest, handler, told] of [
        [true, () => transferred(), "the bytes of a body were transferred elsewhere"],
        [true, unlookable, "what it threw cannot be told"],
        [true, many, /^two lines x{100,}$/],
        [false, () => transferred(), "the bytes of a body were transferred elsewhere"],
        [
          false,
          async function* () {
            yield transferred();
          },
          "the bytes of a body were transferred elsewhere",
        ],
        [false, broken, "what it threw cannot be told"],
        [
          false,
          () => undefined,
          "a handler's response is a Uint8Array or an AsyncIterable of them, not undefined",
        ],
      ] as const) {
        const stop = onRequest ? owner.onRequest(handler as never) : owner.onStream(handler as never);
        for (const asker of [a, b, client]) {
          const error = await failure(() => asker.request(key, bytes("?")));
          expect(error).toMatchObject({
            code: "HANDLER_FAILED",
            data: { detail: expect.stringMatching(told) },
          });
          expect(error.message.length).toBeLessThan(300);
        }
        stop();
      }
    }
    expect(await code(() => a.request("key", transferred()))).toBe("BAD_OPTION");
    for (const owner of [a, b]) {
      const key = await ownedBy(owner);
      const mine = bytes("mine");
      const asked = code(() => a.request(key, mine));
      structuredClone(mine, { transfer: [mine.buffer as ArrayBuffer] });
      expect(await asked).toBe("BAD_OPTION");
    }
    expect(await code(() => a.store.put("key", transferred()))).toBe("BAD_OPTION");
  });

  it("checks what it is given", async () => {
    const [a] = (await on.ring(1)) as [ChordNet];
    expect(await code(() => a.onRequest("handler" as never))).toBe("BAD_OPTION");
    a.onRequest(({ bytes: body }) => body);
    expect(() => a.onStream(({ body }) => body)).toThrow(
      "handler must be the only one, not a second one: stop the first before",
    );
    expect(await code(() => a.request("key", "text" as never))).toBe("BAD_OPTION");
    expect(await code(() => a.request(7 as never, bytes("?")))).toBe("BAD_KEY");
    const half = "half \ud83d";
    for (const ask of [
      () => a.request(half, bytes("?")),
      () => a.store.get(half),
      () => a.lookup(half),
      () => a.owns(half),
    ])
      expect(await code(ask)).toBe("BAD_KEY");
    expect((await a.request("k".repeat(4_096), bytes("!"))).length).toBe(1);
    expect(await code(() => a.request("k".repeat(4_097), bytes("!")))).toBe("BAD_KEY");
    expect(await code(() => a.request("☃".repeat(1_366), bytes("!")))).toBe("BAD_KEY");
    expect(await code(() => on.node("idle").request("key", bytes("?")))).toBe("NOT_MEMBER");
  });

  it("ends at its deadline, or when its signal is aborted; then the handler's signal is, too", async () => {
    const nodes = await on.ring(2);
    const [a, b] = nodes as [ChordNet, ChordNet];
    const client = await on.client("memory://a");
    for (const owner of [a, b]) {
      const key = await ownedBy(owner);
      const begun: string[] = [];
      const aborted: string[] = [];
      owner.onRequest(
        ({ signal, bytes: body }) =>
          new Promise((_, reject) => {
            begun.push(text(body));
            signal.addEventListener("abort", () => {
              aborted.push(text(body));
              reject(signal.reason);
            });
          }),
      );
      for (const asker of [a, b, client]) {
        begun.length = 0;
        aborted.length = 0;
        expect(await code(() => asker.request(key, bytes("slow"), { timeoutMs: 100 }))).toBe("TIMEOUT");
        const controller = new AbortController();
        const dropped = code(() => asker.request(key, bytes("dropped"), { signal: controller.signal }));
        await eventually(() => begun.includes("dropped"));
        controller.abort();
        expect(await dropped).toBe("ABORTED");
        await eventually(() => aborted.length === 2);
        expect(aborted).toEqual(["slow", "dropped"]);
      }
    }
  });

  it("that nobody waits for any more is no fault of its handler", async () => {
    const errors: unknown[] = [];
    const logger = { ...silentLogger, error: (_: string, error: unknown) => void errors.push(error) };
    const [a, b] = (await on.ring(2, { ...unhurried, logger })) as [ChordNet, ChordNet];
    const key = await ownedBy(b);
    let reason: unknown;
    b.onRequest(({ signal }) => {
      // So b hears of the deadline from its own clock, and not from a.
      on.network.cut("a");
      return new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          reason = signal.reason;
          resolve(bytes("late"));
        });
      });
    });
    expect(await code(() => a.request(key, bytes("x"), { timeoutMs: 50 }))).toBe("TIMEOUT");
    await eventually(() => reason !== undefined);
    await settled();
    expect([String(reason), errors]).toEqual([expect.stringContaining("timeout"), []]);
  });

  it("is handled by the next owner when the one that has it dies, with the same id", async () => {
    const nodes = await on.ring(3);
    const [a, b, c] = nodes as [ChordNet, ChordNet, ChordNet];
    const seen: KeyRequest[] = [];
    let begun: () => void = () => undefined;
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const key = await ownedBy(c);
    c.onRequest((request) => {
      seen.push(request);
      begun();
      return new Promise(() => undefined);
    });
    echo([a, b], seen);
    const response = a.request(key, bytes("mine"), { timeoutMs: 10_000 });
    await hasBegun;
    on.network.crash("c");
    expect(text(await response)).toMatch(/^memory:\/\/[ab] mine$/);
    expect(seen[1]?.id).toBe(seen[0]?.id);
    expect(seen[1]?.epoch).toBeGreaterThan(seen[0]?.epoch as number);
  });

  it("does not wait for an owner that falls silent", async () => {
    const nodes = await on.ring(3);
    const [a, b, c] = nodes as [ChordNet, ChordNet, ChordNet];
    const key = await ownedBy(c);
    echo(nodes);
    await a.request(key, bytes("warm"));
    on.network.cut("c");
    expect(text(await a.request(key, bytes("mine"), { timeoutMs: 10_000 }))).toMatch(
      /^memory:\/\/[ab] mine$/,
    );
    expect(b.owns(key) || a.owns(key)).toBe(true);
  });

  it("reaches its owner while members come and go", { timeout: 20_000 }, async () => {
    const nodes = [...(await on.ring(4))];
    echo(nodes);
    const client = await on.client(["memory://a", "memory://b"]);
    let asked = 0;
    let over = false;
    const load = [nodes[0] as ChordNet, client].map(async (asker) => {
      for (; !over; asked += 1) await asker.request(`key ${asked % 50}`, bytes("?"), { timeoutMs: 10_000 });
    });
    await nodes[2]?.leave();
    const e = on.node("e");
    echo([e]);
    await e.join("memory://a");
    on.network.crash("d");
    await eventually(() => asked > 200, 10_000);
    over = true;
    await Promise.all(load);
  });

  it("ends with a type when its node is closed", async () => {
    const nodes = await on.ring(2);
    const [a, b] = nodes as [ChordNet, ChordNet];
    let begun = 0;
    for (const node of nodes) {
      node.onRequest(() => {
        begun += 1;
        return new Promise(() => undefined);
      });
    }
    const open = [await ownedBy(a), await ownedBy(b)].map((key) => code(() => a.request(key, bytes("?"))));
    const client = await on.client("memory://b");
    const ofClient = code(() => client.request("x", bytes("?")));
    await eventually(() => begun === 3);
    await a.close();
    await client.close();
    expect(await Promise.all([...open, ofClient])).toEqual(["CLOSED", "CLOSED", "CLOSED"]);
  });
});
