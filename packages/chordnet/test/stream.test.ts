import { Readable } from "node:stream";
import { Network } from "@chordnet/transport-memory";
import { tcp } from "@chordnet/transport-tcp";
import { ws } from "@chordnet/transport-ws";
import { afterEach, describe, expect, it } from "vitest";
import { collect, windowBytes } from "../src/exchange/body.js";
import type { Body, Key } from "../src/index.js";
import { ChordNet, ChordNetError } from "../src/index.js";
import { code, eventually, failure, intervalMs, rings, still } from "./rings.js";

const mebibyte = 1_048_576;

/** A key of the node's: its own place, when it claims it. */
async function ownedBy(node: ChordNet): Promise<Key> {
  const key = { id: node.id };
  await eventually(() => node.owns(key));
  return key;
}

/** Bytes that tell their place, in parts of any length; `pulled` counts what was taken from it. */
function numbered(
  length: number,
  part: number,
  told = { pulled: 0, ended: false },
): AsyncIterable<Uint8Array> {
  return (async function* () {
    try {
      for (let at = 0; at < length; at += part) {
        const size = Math.min(part, length - at);
        told.pulled += size;
        yield new Uint8Array(size).map((_, i) => ((at + i) * 31) >> 3);
      }
    } finally {
      told.ended = true;
    }
  })();
}

async function sameAs(length: number, stream: AsyncIterable<Uint8Array>): Promise<void> {
  const [expected, actual] = await Promise.all([
    collect(numbered(length, mebibyte), length),
    collect(stream, length),
  ]);
  expect(actual?.length).toBe(length);
  expect(Buffer.compare(actual as Uint8Array, expected as Uint8Array)).toBe(0);
}

describe("streams", () => {
  const on = rings();

  /** a asks, b or a owns; a client of a asks, too. */
  async function pair(handler: Parameters<ChordNet["onStream"]>[0]) {
    const [a, b] = (await on.ring(2)) as [ChordNet, ChordNet];
    for (const node of [a, b]) node.onStream(handler);
    const client = await on.client("memory://a");
    return { a, b, client, keyOfA: await ownedBy(a), keyOfB: await ownedBy(b) };
  }

  it("carry bodies of any length both ways, in parts of any size", async () => {
    const { a, client, keyOfA, keyOfB } = await pair(async function* ({ body }) {
      for await (const bytes of body) yield bytes;
    });
    for (const asker of [a, client]) {
      for (const key of [keyOfA, keyOfB]) {
        for (const [length, part] of [
          [0, 1],
          [1, 1],
          [100_000, 777],
          [3 * mebibyte, mebibyte],
        ] as const) {
          await sameAs(length, asker.stream(key, numbered(length, part)));
        }
      }
    }
  });

  it("fit into the shortest frames that a ring may have, and so do requests", async () => {
    const [a, b] = (await on.ring(2, { linkLimits: { frameBytesMax: 2_048 } })) as [ChordNet, ChordNet];
    for (const node of [a, b]) node.onStream(({ body }) => body);
    const client = await on.client("memory://b");
    for (const key of [await ownedBy(a), await ownedBy(b)]) {
      for (const asker of [a, client]) {
        await sameAs(100_000, asker.stream(key, numbered(100_000, 7_000)));
        for (const length of [1_920, 1_921, 32_768]) {
          expect((await asker.request(key, new Uint8Array(length))).length).toBe(length);
        }
      }
    }
  });

  it("whose signal was aborted before anybody read them are aborted", async () => {
    const { a, client, keyOfA, keyOfB } = await pair(() => new Promise<never>(() => undefined));
    for (const asker of [a, client]) {
      for (const key of [keyOfA, keyOfB]) {
        const controller = new AbortController();
        const stream = asker.stream(key, new Uint8Array(0), { signal: controller.signal });
        controller.abort();
        expect(await code(() => stream.next())).toBe("ABORTED");
      }
    }
  });

  it("that are ended before anybody has read them are over, and nothing is asked", async () => {
    let asked = 0;
    const { a, client, keyOfA, keyOfB } = await pair(() => {
      asked += 1;
      return new Uint8Array(1);
    });
    for (const [asker, key] of [
      [a, keyOfA],
      [client, keyOfB],
    ] as const) {
      const stream = asker.stream(key, new Uint8Array(0));
      await stream.return?.();
      expect(await stream.next()).toEqual({ done: true, value: undefined });
    }
    expect(asked).toBe(0);
    const broken = client.stream(keyOfB, new Uint8Array(0));
    await client.close();
    expect(await code(() => broken.next())).toBe("CLOSED");
    expect(await broken.return?.()).toEqual({ done: true, value: undefined });
  });

  it("send no more of a response than is read, but for the windows on the way", async () => {
    const told = { pulled: 0, ended: false };
    const { a, client, keyOfB } = await pair(() => numbered(64 * mebibyte, 10_000, told));
    for (const [asker, windows] of [
      [a, 1],
      [client, 2],
    ] as const) {
      told.pulled = 0;
      told.ended = false;
      const stream = asker.stream(keyOfB, new Uint8Array(0));
      let read = 0;
      while (read < 2 * mebibyte) read += (await stream.next()).value?.length ?? 0;
      await still(() => told.pulled);
      expect(told.pulled).toBeLessThan(read + windows * windowBytes + 32_768 * 2 + 10_000);
      await stream.return?.();
      await eventually(() => told.ended);
    }
  });

  it("come whole to a client that has more of them under way than its queue holds", async () => {
    const { client, keyOfA } = await pair(() => numbered(mebibyte, 20_000));
    const streams = Array.from({ length: 24 }, () => client.stream(keyOfA, new Uint8Array(0)));
    const firsts = await Promise.all(streams.map((stream) => stream.next()));
    // All windows are full by now, and nothing of it read: what does not fit into the queue must not be lost.
    for (const [i, stream] of streams.entries()) {
      const rest = await collect(stream, mebibyte);
      expect((firsts[i]?.value?.length ?? 0) + (rest?.length ?? 0)).toBe(mebibyte);
    }
  });

  it("send no more of a request than the handler reads", async () => {
    const told = { pulled: 0, ended: false };
    let goOn: () => void = () => undefined;
    const { a, keyOfB } = await pair(async ({ body }) => {
      const parts = body[Symbol.asyncIterator]();
      await parts.next();
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      return new Uint8Array([1]);
    });
    const response = collect(a.stream(keyOfB, numbered(8 * mebibyte, 10_000, told)), 1);
    await eventually(() => told.pulled >= windowBytes);
    await still(() => told.pulled);
    expect(told.pulled).toBeLessThan(2 * windowBytes);
    goOn();
    expect(await response).toEqual(new Uint8Array([1]));
    await eventually(() => told.ended);
  });

  it("do not touch a body before somebody is going to handle it", async () => {
    const [a, b] = (await on.ring(2)) as [ChordNet, ChordNet];
    const key = await ownedBy(b);
    const told = { pulled: 0, ended: false };
    const source = numbered(1_000, 10, told);
    expect(await code(() => a.stream(key, source).next())).toBe("NO_HANDLER");
    expect(told.pulled).toBe(0);
    b.onStream(({ body }) => body);
    await sameAs(1_000, a.stream(key, source));
  });

  it("tell what the body itself throws", async () => {
    const { a, keyOfA, keyOfB } = await pair(({ body }) => body);
    const broken = async function* (): AsyncIterable<Uint8Array> {
      yield new Uint8Array(10);
      throw new RangeError("the disk is gone");
    };
    await expect(collect(a.stream(keyOfB, broken()), 100)).rejects.toThrow("the disk is gone");
    expect(await failure(() => collect(a.stream(keyOfA, broken()), 100))).toMatchObject({
      code: "HANDLER_FAILED",
    });
    const wrong = (async function* () {
      yield "text";
    })() as unknown as Body;
    await expect(collect(a.stream(keyOfB, wrong), 100)).rejects.toThrow(TypeError);
  });

  it("that break off say so, and those that can be sent again are", async () => {
    const [a, b, c] = (await on.ring(3)) as [ChordNet, ChordNet, ChordNet];
    const key = await ownedBy(c);
    const ids: string[] = [];
    const handler: Parameters<ChordNet["onStream"]>[0] = async function* ({ id, body, epoch }) {
      ids.push(id);
      for await (const bytes of body) yield bytes;
      yield new Uint8Array(40_000);
      if (ids.length % 2 === 1) on.network.crash("c");
      yield new TextEncoder().encode(String(epoch));
    };
    for (const node of [a, b, c]) node.onStream(handler);
    const whole = await a.request(key, new Uint8Array([1, 2, 3]), { timeoutMs: 10_000 });
    expect(whole.length).toBeGreaterThan(40_003);
    expect(ids.length).toBe(2);
    expect(new Set(ids).size).toBe(1);
  });

  it("that break off again and again are sent again after a rest, as other attempts are", async () => {
    let attempts = 0;
    const { a, keyOfA, keyOfB } = await pair(async function* () {
      attempts += 1;
      yield new Uint8Array(1);
      throw new ChordNetError("NOT_OWNER", { owner: null });
    });
    for (const key of [keyOfA, keyOfB]) {
      attempts = 0;
      await failure(() => a.request(key, new Uint8Array(1), { timeoutMs: 300 }));
      // After 5, 10, 20, 40, 80 and 160 ms.
      expect(attempts).toBeLessThan(8);
    }
  });

  it("with a body that was begun are not begun again", async () => {
    const [a, b, c] = (await on.ring(3)) as [ChordNet, ChordNet, ChordNet];
    const key = await ownedBy(c);
    for (const node of [a, b, c]) {
      node.onStream(async function* ({ body }) {
        for await (const bytes of body) {
          yield bytes;
          on.network.crash("c");
        }
      });
    }
    expect(await code(() => collect(a.stream(key, numbered(mebibyte, 1_000)), mebibyte))).toBe("INTERRUPTED");
  });

  it("begin with their first part, whoever owns the key: what promises one has no more time", async () => {
    const { a, client, keyOfA, keyOfB } = await pair(async function* ({ signal }) {
      yield new Uint8Array(0);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    });
    for (const asker of [a, client]) {
      for (const key of [keyOfA, keyOfB]) {
        const stream = asker.stream(key, new Uint8Array(0), { timeoutMs: 100 });
        expect(await code(() => stream.next())).toBe("TIMEOUT");
      }
    }
  });

  it("end a request's body when nobody wants the response any more, or it is whole", async () => {
    const { a, client, keyOfA, keyOfB } = await pair(async function* ({ body }) {
      const parts = body[Symbol.asyncIterator]();
      const { value } = await parts.next();
      yield value;
      while (value.length > 10_000) await parts.next();
    });
    for (const asker of [a, client]) {
      for (const key of [keyOfA, keyOfB]) {
        for (const end of ["aborted", "left", "answered"]) {
          const told = { pulled: 0, ended: false };
          const controller = new AbortController();
          const body = numbered(Number.POSITIVE_INFINITY, end === "answered" ? 10_000 : 20_000, told);
          const stream = asker.stream(key, body, { signal: controller.signal });
          await stream.next();
          if (end === "left") await stream.return?.();
          else if (end === "answered") expect((await stream.next()).done).toBe(true);
          else controller.abort();
          await eventually(() => told.ended);
        }
      }
    }
  });

  it("end bodies that are silent, both ways, when nobody wants the response any more", async () => {
    const told = { ended: 0 };
    const silent = (): AsyncIterableIterator<Uint8Array> => {
      const parts = [new Uint8Array(1)];
      return {
        next: async () => ({ value: parts.pop() ?? (await new Promise<never>(() => undefined)) }),
        return: async () => {
          told.ended += 1;
          return { done: true, value: undefined };
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    };
    const { a, client, keyOfA, keyOfB } = await pair(({ body }) => {
      body[Symbol.asyncIterator]()
        .next()
        .catch(() => undefined);
      return silent();
    });
    for (const asker of [a, client]) {
      for (const key of [keyOfA, keyOfB]) {
        told.ended = 0;
        const file = new Readable({ read: () => undefined });
        for (const body of [silent(), file]) {
          const controller = new AbortController();
          await asker.stream(key, body, { signal: controller.signal }).next();
          controller.abort();
        }
        // Two responses, and the body that is no file.
        await eventually(() => told.ended === 3 && file.destroyed);
      }
    }
  });

  it("close a Node stream that a handler returned, or returns, when nobody waits any more", async () => {
    const files: Readable[] = [];
    let gate: Promise<void> | null = null;
    const { a, client, keyOfA, keyOfB } = await pair(async () => {
      await gate;
      const file = new Readable({ read: () => undefined });
      files.push(file);
      return file;
    });
    for (const late of [false, true]) {
      for (const [asker, key] of [
        [a, keyOfA],
        [a, keyOfB],
        [client, keyOfB],
      ] as const) {
        let open = (): void => undefined;
        gate = late ? new Promise((resolve) => (open = resolve)) : null;
        const before = files.length;
        const stream = asker.stream(key, new Uint8Array(0), { timeoutMs: 150 });
        expect(await code(() => stream.next())).toBe("TIMEOUT");
        open();
        await eventually(() => files.length > before && files.every(({ destroyed }) => destroyed));
      }
    }
  });

  it("have a deadline for the beginning only, and a signal for all of it", async () => {
    const timeoutMs = 300;
    let allowed = 1;
    let wake: () => void = () => undefined;
    const { a, client, keyOfA, keyOfB } = await pair(async function* ({ body, signal }) {
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
      aborted.catch(() => undefined);
      if ((await collect(body, 1))?.length === 1) await aborted;
      for (let i = 0; ; i += 1) {
        while (i >= allowed) {
          const woken = new Promise<void>((resolve) => {
            wake = resolve;
          });
          await Promise.race([aborted, woken]);
        }
        yield new Uint8Array([i]);
      }
    });
    for (const asker of [a, client]) {
      for (const key of [keyOfA, keyOfB]) {
        allowed = 1;
        const controller = new AbortController();
        const stream = asker.stream(key, new Uint8Array(0), { timeoutMs, signal: controller.signal });
        expect((await stream.next()).value).toEqual(new Uint8Array([0]));
        // Its deadline is over when that of a request which began later is.
        expect(await code(() => asker.request(key, new Uint8Array(1), { timeoutMs }))).toBe("TIMEOUT");
        allowed = 2;
        wake();
        expect((await stream.next()).value).toEqual(new Uint8Array([1]));
        const next = code(() => stream.next());
        controller.abort();
        expect(await next).toBe("ABORTED");
        expect((await stream.next()).done).toBe(true);
      }
    }
  });
});

describe("over every transport", () => {
  const network = new Network();
  let names = 0;
  const transports = {
    memory: {
      node: () => {
        names += 1;
        return network.transport({ name: `n${names}` });
      },
      client: () => network.transport(),
    },
    tcp: { node: () => tcp({ host: "127.0.0.1", port: 0 }), client: () => tcp() },
    ws: { node: () => ws({ host: "127.0.0.1", port: 0 }), client: () => ws() },
  };
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
  });

  it.each(Object.keys(transports) as (keyof typeof transports)[])("%s", async (scheme) => {
    const { node, client } = transports[scheme];
    const nodes = [0, 1].map(() => new ChordNet({ transport: node(), intervalMs }));
    open.push(...nodes);
    const [a, b] = nodes as [ChordNet, ChordNet];
    for (const each of nodes) each.onStream(({ body }) => body);
    await a.create();
    await b.join(a.address);
    const asking = await ChordNet.connect({ transport: client(), via: a.address });
    open.push(asking);
    for (const key of [await ownedBy(a), await ownedBy(b)]) {
      for (const asker of [a, b, asking]) {
        expect(await asker.request(key, new Uint8Array([1, 2]))).toEqual(new Uint8Array([1, 2]));
        await sameAs(2 * mebibyte, asker.stream(key, numbered(2 * mebibyte, 50_000)));
      }
    }
  });

  it("outlast connections that soon count as idle", async () => {
    const nodes = [0, 1].map(
      () =>
        new ChordNet({
          transport: tcp({ host: "127.0.0.1", port: 0 }),
          // Neighbours that speak this rarely would be cut between two words.
          intervalMs: 4_000,
          linkLimits: { idleMs: 300 },
        }),
    );
    open.push(...nodes);
    const [a, b] = nodes as [ChordNet, ChordNet];
    let handled = 0;
    for (const each of nodes) {
      each.onRequest(async ({ bytes }) => {
        handled += 1;
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        return bytes;
      });
    }
    await a.create();
    await b.join(a.address);
    const asking = await ChordNet.connect({ transport: tcp(), via: a.address });
    open.push(asking);
    const key = await ownedBy(b);
    for (const asker of [a, asking])
      expect(await asker.request(key, new Uint8Array([7]))).toEqual(new Uint8Array([7]));
    expect(handled).toBe(2);
  });
});
