import { memoryStorage, type Storage, StorageError } from "@chordnet/storage";
import { Network } from "@chordnet/transport-memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CallOptions, Clock, RequestHandler } from "../src/index.js";
import { ChordNet, type ChordNetClient, ChordNetError } from "../src/index.js";
import { systemClock } from "../src/ports.js";

/** What a user does to one of three nodes, or through a client, and when the user gives up. */
const acts = [
  "put",
  "get",
  "delete",
  "lookup",
  "request",
  "walk",
  "join",
  "create",
  "leave",
  "close",
] as const;
const act = fc.record({
  what: fc.constantFrom(...acts, "put", "get", "join", "crash", "cut", "heal"),
  node: fc.nat(2),
  byClient: fc.boolean(),
  key: fc.constantFrom("a", "b", "c", "d"),
  patience: fc.constantFrom("none", "short", "aborted", "aborts"),
  restMs: fc.constantFrom(0, 0, 1, 5, 20),
});
const handlers = fc.constantFrom<RequestHandler | null>(
  ({ bytes }) => bytes,
  () => Promise.reject(new Error("of the application")),
  () => new Promise(() => undefined),
  null,
);
const disks = fc.constantFrom("good", "rejects", "hangs");
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

/** A clock that knows how many of its timers have neither rung nor been cancelled. */
function counting(): Clock & { readonly pending: () => number } {
  const timers = new Set<object>();
  const after: Clock["after"] = (ms, wake) => {
    const timer = {};
    timers.add(timer);
    const cancel = systemClock.after(ms, () => {
      timers.delete(timer);
      wake();
    });
    return () => {
      timers.delete(timer);
      cancel();
    };
  };
  return { ...systemClock, after, pending: () => timers.size };
}

/** Every third write is refused, or never done. */
function diskOf(kind: "good" | "rejects" | "hangs"): Storage {
  const storage = memoryStorage();
  if (kind === "good") return storage;
  return {
    open: async (ring) => {
      const volume = await storage.open(ring);
      let writes = 0;
      return {
        ...{ read: (name) => volume.read(name), digests: (arcs) => volume.digests(arcs) },
        ...{
          heads: (arc, page) => volume.heads(arc, page),
          entries: (arc, page) => volume.entries(arc, page),
        },
        ...{ company: () => volume.company(), usage: () => volume.usage(), close: () => volume.close() },
        write: (batch) => {
          writes += 1;
          if (writes % 3 !== 0) return volume.write(batch);
          if (kind === "hangs") return new Promise(() => undefined);
          return Promise.reject(new StorageError("failed", "the disk says no"));
        },
      };
    },
  };
}

function optionsOf({ patience }: Act): CallOptions {
  if (patience === "aborted") return { signal: AbortSignal.abort() };
  if (patience === "aborts") return { signal: AbortSignal.timeout(15), timeoutMs: 300 };
  return { timeoutMs: patience === "short" ? 10 : 300 };
}

async function done(node: ChordNet, asked: ChordNet | ChordNetClient, each: Act): Promise<unknown> {
  const { what, key } = each;
  const options = optionsOf(each);
  switch (what) {
    case "put":
      return asked.store.put(key, new Uint8Array(20), options);
    case "get":
    case "delete":
      return asked.store[what](key, options);
    case "lookup":
      return asked.lookup(key, options);
    case "request":
      return asked.request(key, new Uint8Array(3), options);
    case "walk":
      for await (const _ of asked.walk(options)) if (key === "a") break;
      return;
    case "join":
      return node.join(["memory://a", "memory://b"], options);
    case "create":
      return node.create(options);
    case "leave":
      return node.leave({ timeoutMs: 50 });
    default:
      return node.close();
  }
}

/** What it rejects with; null: nothing. */
function troubleOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => null,
    (error: unknown) => error,
  );
}

describe("whatever users do, at any moment", () => {
  it("each promise settles, with an error of ours if with one, and no timer is left", async () => {
    const parts = [fc.array(act, { minLength: 10, maxLength: 40 }), handlers, disks] as const;
    await fc.assert(
      fc.asyncProperty(...parts, async (script, handler, disk) => {
        const clock = counting();
        const network = new Network();
        const nodes = ["a", "b", "c"].map((name) => {
          const store = { copies: 2, storage: diskOf(disk) };
          const node = new ChordNet({ transport: network.transport({ name }), intervalMs: 20, clock, store });
          if (handler !== null) node.onRequest(handler);
          return node;
        });
        const [a, b] = nodes as [ChordNet, ChordNet, ChordNet];
        await a.create();
        const client = await ChordNet.connect({ transport: network.transport(), via: "memory://a", clock });
        const troubles = [troubleOf(b.join("memory://a", { timeoutMs: 500 }))];
        for (const each of script) {
          const node = nodes[each.node] as ChordNet;
          if (each.what === "crash") network.crash("abc"[each.node] as string);
          else if (each.what === "cut") network.cut("abc"[each.node] as string);
          else if (each.what === "heal") network.heal();
          else troubles.push(troubleOf(done(node, each.byClient ? client : node, each)));
          if (each.restMs > 0) await new Promise((resolve) => setTimeout(resolve, each.restMs));
        }
        for (const each of [...nodes, client]) troubles.push(troubleOf(each.close()));
        for (const trouble of await Promise.all(troubles))
          if (trouble !== null) expect(trouble).toBeInstanceOf(ChordNetError);
        expect(clock.pending()).toBe(0);
      }),
      { numRuns: 15 },
    );
  });
});
