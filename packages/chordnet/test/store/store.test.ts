import type { EntryName } from "@chordnet/core";
import { headOf } from "@chordnet/core";
import type { Batch, Storage, Volume } from "@chordnet/storage";
import { memoryStorage, StorageError } from "@chordnet/storage";
import { describe, expect, it } from "vitest";
import type { ChordNet, MemberStore, Store } from "../../src/index.js";
import { silentLogger } from "../../src/ports.js";
import { code, eventually, failure, rings } from "../rings.js";

const keys = Array.from({ length: 60 }, (_, i) => `key ${i}`);
const bytes = (of: string): Uint8Array => new TextEncoder().encode(of);

async function text(store: Store, key: string): Promise<string | null> {
  const found = await store.get(key, { timeoutMs: 10_000 });
  return found === null ? null : new TextDecoder().decode(found.bytes);
}

async function putAll({ store }: ChordNet, of: string): Promise<void> {
  await Promise.all(keys.map((key) => store.put(key, bytes(`${key} ${of}`), { timeoutMs: 10_000 })));
}

async function getAll({ store }: ChordNet): Promise<ReadonlyArray<string | null>> {
  return Promise.all(keys.map((key) => text(store, key)));
}

async function heldBy(store: MemberStore): Promise<number> {
  let count = 0;
  for await (const _ of store.held()) count += 1;
  return count;
}

/** In memory, but open again it has what it had: as a disk. */
function lasting(): Storage {
  let volume: Promise<Volume> | null = null;
  return {
    open: (ring) => {
      volume ??= memoryStorage()
        .open(ring)
        .then((opened) => Object.assign(opened, { close: () => Promise.resolve() }));
      return volume;
    },
  };
}

const all = (of: string): ReadonlyArray<string> => keys.map((key) => `${key} ${of}`);

/** In memory, with a disk that gives no entries. */
const hanging: Storage = {
  open: async (ring) =>
    Object.assign(await memoryStorage().open(ring), { entries: () => new Promise(() => undefined) }),
};

describe("the store", () => {
  const on = rings();

  it("is closed while its disk hangs, and so is what waits for that", async () => {
    let asked = (): void => undefined;
    const reading = new Promise<void>((resolve) => (asked = resolve));
    const entries = (): Promise<never> => {
      asked();
      return new Promise(() => undefined);
    };
    const slow: Storage = {
      open: async (ring) => Object.assign(await memoryStorage().open(ring), { entries }),
    };
    const [a] = (await on.ring(1, { store: { storage: slow } })) as [ChordNet];
    const held = code(() => a.store.held().next());
    await reading;
    await a.close();
    expect(await held).toBe("CLOSED");

    let open = (): void => undefined;
    const opening = new Promise<void>((resolve) => (open = resolve));
    const stuck: Storage = {
      open: () => {
        open();
        return new Promise(() => undefined);
      },
    };
    const b = on.node("b", { store: { storage: stuck } });
    const creating = code(() => b.create({ timeoutMs: 60_000 }));
    await opening;
    await b.close();
    expect(await creating).toBe("CLOSED");
  });

  it("keeps a value under the key that it was given, whatever becomes of the key's bytes", async () => {
    const [a, b] = (await on.ring(2)) as [ChordNet, ChordNet];
    for (let i = 0; i < 16; i += 1) {
      const key = new Uint8Array([i]);
      const put = a.store.put(key, bytes(`value ${i}`));
      key[0] = 100;
      await put;
      key[0] = 200;
    }
    for (let i = 0; i < 16; i += 1)
      expect(new TextDecoder().decode((await b.store.get(new Uint8Array([i])))?.bytes)).toBe(`value ${i}`);
  });

  it("keeps its values whatever becomes of what it gave out", async () => {
    const [a] = (await on.ring(1)) as [ChordNet];
    const given = bytes("Ada");
    await a.store.put("user:42", given);
    given.fill(0);
    (await a.store.get("user:42"))?.bytes.fill(0);
    for await (const held of a.store.held()) for (const each of [held.key, held.bytes]) each.fill(0);
    expect(await text(a.store, "user:42")).toBe("Ada");
    for await (const { key } of a.store.held()) expect(key).toEqual(bytes("user:42"));
  });

  it("does not wait longer for a disk that hangs than whoever asks what it holds", async () => {
    const [a] = (await on.ring(1, { store: { storage: hanging } })) as [ChordNet];
    const next = (options: object): Promise<unknown> => a.store.held(options).next();
    const late = await failure(() => next({ timeoutMs: 5 }));
    expect([late.code, late.data]).toEqual(["TIMEOUT", { what: "held", timeoutMs: 5 }]);
    const leaving = new AbortController();
    const left = code(() => next({ signal: leaving.signal }));
    leaving.abort();
    expect(await left).toBe("ABORTED");
    expect(await code(() => next({ timeout: 5 }))).toBe("BAD_OPTION");
  });

  it("keeps values, tells their versions, and forgets what is deleted", async () => {
    const [a] = (await on.ring(1)) as [ChordNet];
    expect(await a.store.get("x")).toBe(null);
    const first = await a.store.put("x", bytes("1"));
    const second = await a.store.put("x", bytes("2"));
    expect(second.version).toBeGreaterThan(first.version);
    expect(await a.store.get("x")).toEqual({ bytes: bytes("2"), version: second.version });
    expect((await a.store.delete("x")).version).toBeGreaterThan(second.version);
    expect(await a.store.get("x")).toBe(null);
    await a.store.put({ id: 7n }, bytes("seven"));
    expect(await text(a.store, "x")).toBe(null);
    expect((await a.store.get({ id: "7" }))?.bytes).toEqual(bytes("seven"));
  });

  it("keeps values where a lone process has several places on the ring", { timeout: 60_000 }, async () => {
    const [a] = (await on.ring(1, { virtualNodes: 4 })) as [ChordNet];
    await putAll(a, "one");
    expect(await getAll(a)).toEqual(all("one"));
    expect(await a.store.get("nobody", { timeoutMs: 10_000 })).toBe(null);
  });

  it("answers any member and any client, from the copies of three", { timeout: 60_000 }, async () => {
    const nodes = (await on.ring(5)) as [ChordNet, ...ChordNet[]];
    await putAll(nodes[0], "one");
    for (const node of nodes) expect(await getAll(node)).toEqual(all("one"));
    const client = await on.client("memory://c");
    expect(await text(client.store, "key 7")).toBe("key 7 one");
    await client.store.put("key 7", bytes("seven"));
    expect(await text((nodes[3] as ChordNet).store, "key 7")).toBe("seven");
    await eventually(async () => {
      const counts = await Promise.all(nodes.map(({ store }) => heldBy(store)));
      return counts.reduce((sum, count) => sum + count, 0) === 3 * keys.length;
    }, 30_000);
  });

  it("tells how much of it is here, and how many copies may be missing", { timeout: 60_000 }, async () => {
    const quotaBytes = 1_000_000;
    const storage = memoryStorage({ quotaBytes });
    const a = on.node("a", { store: { storage } });
    expect(a.status().values).toBe(null);
    await a.create();
    await putAll(a, "one");
    await a.store.delete("key 7");
    const { values } = a.status();
    expect(values).toMatchObject({ entries: keys.length, quotaBytes, copiesMissing: 2 });
    expect(values?.bytes).toBeGreaterThan(keys.length * 64);
    const others = [on.node("b"), on.node("c")] as [ChordNet, ChordNet];
    for (const node of others) await node.join("memory://a");
    await eventually(() => [a, ...others].every((node) => node.status().values?.copiesMissing === 0), 30_000);
    await others[0].close();
    await eventually(() => a.status().values?.copiesMissing === 1, 30_000);
  });

  it("names those that have no room, to members and to clients", async () => {
    const a = on.node("a", { store: { storage: memoryStorage({ quotaBytes: 1_000 }) } });
    await a.create();
    const client = await on.client("memory://a");
    const data = { reason: "quota", addresses: ["memory://a"] };
    for (const { store } of [a, client])
      await expect(store.put("x", new Uint8Array(2_000))).rejects.toMatchObject({ code: "NO_ROOM", data });
  });

  it("brings newcomers what they own, and takes along what leavers had", { timeout: 60_000 }, async () => {
    const [a] = (await on.ring(1)) as [ChordNet];
    await putAll(a, "one");
    const others: ChordNet[] = [];
    for (const name of ["b", "c", "d", "e"]) {
      const node = on.node(name);
      await node.join("memory://a");
      expect(await getAll(node)).toEqual(all("one"));
      others.push(node);
    }
    await putAll(a, "two");
    for (const node of others) {
      // On a busy machine its lease may have run out: then it has nothing to hand over.
      await eventually(() => node.ranges().length > 0);
      expect(await node.leave()).toEqual({ handedOver: true });
      expect(await getAll(a)).toEqual(all("two"));
    }
    expect(await heldBy(a.store)).toBe(keys.length);
  });

  it("loses nothing with one of three copies, again and again", { timeout: 60_000 }, async () => {
    const nodes = (await on.ring(6)) as ChordNet[];
    await putAll(nodes[0] as ChordNet, "one");
    for (let left = 6; left > 3; left -= 1) {
      const survivors = nodes.slice(1);
      await eventually(async () => {
        const counts = await Promise.all(nodes.map(({ store }) => heldBy(store)));
        return counts.reduce((sum, count) => sum + count, 0) >= 3 * keys.length;
      }, 30_000);
      await nodes.shift()?.close();
      for (const node of survivors.slice(0, 2)) expect(await getAll(node)).toEqual(all("one"));
    }
  });

  it("says nothing of what only those have that are not back, where all were down", {
    timeout: 60_000,
  }, async () => {
    const kept = new Map<string, Storage>();
    const start = (name: string, othersGone = false): ChordNet => {
      const storage = kept.get(name) ?? lasting();
      kept.set(name, storage);
      return on.node(name, { store: { copies: 1, storage, othersGone } });
    };
    const [a, b] = [start("a"), start("b")];
    await a.create();
    await b.join("memory://a");
    await putAll(a, "one");
    const ofB = keys.find((key) => b.owns(key)) as string;
    // At once: one that outlives the other owns all, and is alone.
    await Promise.all([a.close(), b.close()]);
    const early = start("a");
    await early.create();
    const unknown = await failure(() => early.store.get(ofB, { timeoutMs: 500 }));
    expect(unknown).toMatchObject({ code: "TIMEOUT", data: { last: "not-ready: returning" } });
    const client = await on.client("memory://a");
    expect(await failure(() => client.store.get(ofB, { timeoutMs: 500 }))).toMatchObject({
      code: "TIMEOUT",
      data: { last: "not-ready: returning" },
    });
    const late = start("b");
    await late.join("memory://a");
    expect(await getAll(early)).toEqual(all("one"));
    await Promise.all([early.close(), late.close()]);
    const alone = start("a", true);
    await alone.create();
    expect(await alone.store.get("never put")).toBe(null);
  });

  it("gives a value that is damaged at its owner from another's copy, and keeps that", {
    timeout: 60_000,
  }, async () => {
    const damaged = new Set<bigint>();
    const written: bigint[] = [];
    const storage: Storage = {
      open: async (ring) => {
        const volume = await memoryStorage().open(ring);
        const [read, write] = [volume.read.bind(volume), volume.write.bind(volume)];
        return Object.assign(volume, {
          read: async (name: EntryName) => {
            const entry = await read(name);
            if (entry === null || !damaged.has(name.id)) return entry;
            throw new StorageError("corrupt", "the entry is damaged", { head: headOf(entry) });
          },
          write: (batch: Batch) => {
            for (const { id } of batch.put ?? []) if (damaged.has(id)) written.push(id);
            return write(batch);
          },
        });
      },
    };
    const errors: unknown[] = [];
    const logger = { ...silentLogger, error: (...line: unknown[]) => void errors.push(line) };
    const [a, b, c] = [on.node("a", { store: { storage }, logger }), on.node("b"), on.node("c")];
    await a.create();
    for (const node of [b, c]) await node.join("memory://a");
    await putAll(a, "one");
    await eventually(() => keys.some((each) => a.owns(each)));
    const key = keys.find((each) => a.owns(each)) as string;
    const id = BigInt(`0x${a.keyId(key)}`);
    damaged.add(id);
    expect(await text(b.store, key)).toBe(`${key} one`);
    await eventually(() => written.includes(id));
    expect(await text(c.store, key)).toBe(`${key} one`);
    // It stays as it is here, and is told once.
    expect(errors).toEqual([["what the storage has is damaged", { detail: "the entry is damaged" }]]);
  });

  it("refuses what it must", async () => {
    const [a] = (await on.ring(1, { store: { copies: 3, copiesMin: 2 } })) as [ChordNet];
    expect(await code(() => a.store.put("x", bytes("1")))).toBe("TOO_FEW_COPIES");
    expect(await code(() => a.store.put("", bytes("1")))).toBe("BAD_KEY");
    await expect(a.store.put("x".repeat(1025), bytes("1"))).rejects.toMatchObject({
      code: "BAD_KEY",
      data: { received: "one of 1025 bytes, where a value's has 1 to 1024" },
    });
    expect(await code(() => a.store.put("x", "text" as never))).toBe("BAD_OPTION");
    expect(await code(() => a.store.get(7 as never))).toBe("BAD_KEY");
    expect(await code(() => a.store.put("x", new Uint8Array(2_000_000)))).toBe("TOO_LARGE");
    expect(await a.store.get("x")).toBe(null);
  });
});
