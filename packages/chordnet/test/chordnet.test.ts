import { describe, expect, it } from "vitest";
import type { ChordNet, Owner, Range } from "../src/index.js";
import { code, eventually, failure, ideal, intervalMs, rings } from "./rings.js";

const keys = Array.from({ length: 40 }, (_, i) => `key ${i}`);

async function agree(nodes: ReadonlyArray<ChordNet>): Promise<boolean> {
  for (const node of nodes) {
    for (const key of keys) {
      const owner = await node.lookup(key).catch(() => null);
      if (owner?.address !== ideal(nodes, key)) return false;
    }
  }
  return true;
}

describe("a ring of ChordNets", () => {
  const on = rings();

  it("of one node owns every key at once", async () => {
    const [a] = await on.ring(1);
    const owner = await a?.lookup("user:42");
    expect(owner).toMatchObject({
      id: a?.id,
      address: "memory://a",
      host: "a",
      port: null,
      hops: 0,
      self: true,
    });
    expect(a?.owns("user:42")).toBe(true);
    expect(a?.ranges()).toHaveLength(1);
    expect(a?.ranges()[0]).toMatchObject({ from: a?.id, to: a?.id, node: 0 });
  });

  it("of several answers as the sorted list of nodes says, from each of them", async () => {
    const nodes = await on.ring(5);
    await eventually(() => agree(nodes));
    await eventually(() => keys.every((key) => nodes.filter((node) => node.owns(key)).length === 1));
  });

  it("answers in both modes, for text, bytes and points", async () => {
    const [a, b] = await on.ring(3);
    const text = (await a?.lookup("käse")) as Owner;
    const bytes = await b?.lookup(new TextEncoder().encode("käse"), { mode: "iterative" });
    const id = a?.keyId("käse") ?? "";
    expect(bytes?.address).toBe(text.address);
    expect((await a?.lookup({ id: BigInt(`0x${id}`) }))?.address).toBe(text.address);
    expect((await b?.lookup({ id }))?.address).toBe(text.address);
    expect((await b?.lookup(text))?.address).toBe(text.address);
  });

  it("survives that a node leaves, and one that dies", async () => {
    const nodes = await on.ring(5);
    const [a, b, c, ...rest] = nodes as [ChordNet, ChordNet, ChordNet, ...ChordNet[]];
    expect(await b.leave()).toEqual({ handedOver: true });
    expect(await agree([a, c, ...rest])).toBe(true);
    await c.close();
    await eventually(() => agree([a, ...rest]));
  });

  it("takes a node back at the same address", async () => {
    const [a, b, c] = (await on.ring(3)) as [ChordNet, ChordNet, ChordNet];
    await c.close();
    const again = on.node("c");
    await again.join(["memory://a", "memory://b"]);
    await eventually(() => agree([a, b, again]));
  });

  it("gives each process its virtual nodes", async () => {
    const [a, b] = (await on.ring(2, { virtualNodes: 4 })) as [ChordNet, ChordNet];
    expect(a.status().nodes.map(({ address }) => address)).toEqual([
      "memory://a",
      "memory://a#1",
      "memory://a#2",
      "memory://a#3",
    ]);
    await eventually(() => a.ranges().length === 4 && b.ranges().length === 4);
    for (const key of keys) {
      const [byA, byB] = [await a.lookup(key), await b.lookup(key)];
      expect(byA.address).toBe(byB.address);
      expect(byA.self).toBe(!byB.self);
      await eventually(() => a.owns(key) === byA.self && b.owns(key) === byB.self);
    }
    const many = await a.lookupMany("x", 3);
    expect(many.map(({ host }) => host).sort()).toEqual(["a", "b"]);
    expect(await b.leave()).toEqual({ handedOver: true });
    for (const key of keys) expect((await a.lookup(key)).self).toBe(true);
  });

  it("is founded once by nodes that start together", async () => {
    const seeds = ["memory://a", "memory://b", "memory://c"];
    const nodes = ["a", "b", "c", "d"].map((name) => on.node(name));
    await Promise.all(nodes.map((node) => node.joinOrCreate(seeds)));
    await eventually(() => agree(nodes));
  });

  it("is joined through seeds that a function finds anew", async () => {
    const a = on.node("a");
    const b = on.node("b");
    let rounds = 0;
    const joining = b.join(async () => {
      rounds += 1;
      if (rounds === 1) throw new Error("the directory is down");
      if (rounds === 4) await a.create();
      return [[], ["memory://b"], ["memory://z"], ["memory://a"]][Math.min(rounds - 1, 3)] ?? [];
    });
    await joining;
    expect(rounds).toBeGreaterThanOrEqual(4);
    expect(await agree([a, b])).toBe(true);
  });

  it("teaches its parameters to who joins", async () => {
    const a = on.node("a", { bits: 24, hash: "sha1", successors: 3, ring: "small", leaseMs: 150 });
    await a.create();
    const b = on.node("b", { intervalMs: undefined });
    await b.join("memory://a");
    const { name, bits, hash, successors, leaseMs } = b.status().ring ?? {};
    expect({ name, bits, hash, successors, leaseMs }).toEqual({
      name: "small",
      bits: 24,
      hash: "sha1",
      successors: 3,
      leaseMs: 150,
    });
    expect(b.id).toHaveLength(6);
  });
});

describe("what a member tells", () => {
  const on = rings();

  it("names a key's owner and the next processes behind it", async () => {
    const nodes = await on.ring(5);
    const sorted = nodes.map(({ id, address }) => ({ id, address })).sort((a, b) => (a.id < b.id ? -1 : 1));
    const [a] = nodes as [ChordNet];
    await eventually(async () => {
      const many = await a.lookupMany("x", 3);
      const first = sorted.findIndex(({ address }) => address === many[0].address);
      const wanted = [0, 1, 2].map((i) => sorted[(first + i) % sorted.length]?.address);
      return JSON.stringify(many.map(({ address }) => address)) === JSON.stringify(wanted);
    });
    await eventually(async () => (await a.lookupMany("x", 20)).length === 5);
  });

  it("names no node that does not answer", async () => {
    const nodes = await on.ring(4);
    const [a] = nodes as [ChordNet];
    await eventually(async () => (await a.lookupMany("x", 4)).length === 4);
    const [owner, next] = await a.lookupMany("x", 2);
    const asker = nodes.find(
      ({ address }) => address !== owner.address && address !== next?.address,
    ) as ChordNet;
    on.network.cut(next?.host ?? "");
    const start = performance.now();
    const found = await asker.lookupMany("x", 4, { timeoutMs: 4_000 });
    expect(performance.now() - start).toBeLessThan(4_000);
    expect(found.map(({ address }) => address)).not.toContain(next?.address);
    expect(found.length).toBeGreaterThanOrEqual(2);
  });

  it("says that its time was over, and nothing of nodes that had none to answer in", async () => {
    const nodes = await on.ring(3);
    const [a] = nodes as [ChordNet];
    await eventually(() => a.owns({ id: a.id }));
    for (const { host } of a.peers()) on.network.cut(host);
    const many = await failure(() => a.lookupMany({ id: a.id }, 3, { timeoutMs: 100 }));
    expect(many).toMatchObject({ code: "TIMEOUT", data: { what: "lookupMany" } });
    const walk = a.walk({ timeoutMs: 100 });
    await walk.next();
    expect(await failure(() => walk.next())).toMatchObject({ code: "TIMEOUT", data: { what: "walk" } });
  });

  it("traces a lookup hop by hop", async () => {
    const nodes = await on.ring(4);
    const asker = nodes.find(({ address }) => address !== ideal(nodes, "x")) as ChordNet;
    const { owner, hops } = await asker.trace("x");
    expect(hops).toHaveLength(owner.hops);
    expect(hops.at(-1)?.peer.address).toBe(owner.address);
    for (const hop of hops) expect(hop.ms).toBeGreaterThanOrEqual(0);
  });

  it("walks the ring in order, and inspects its nodes", async () => {
    const nodes = await on.ring(4);
    const [a] = nodes as [ChordNet];
    const sorted = nodes.map(({ id }) => id).sort();
    const start = sorted.indexOf(a.id);
    const ideal = [...sorted.slice(start), ...sorted.slice(0, start)];
    // The last one that joined is a member before its predecessor knows it.
    await eventually(async () => {
      const seen: string[] = [];
      for await (const node of a.walk()) seen.push(node.id);
      return seen.join() === ideal.join();
    });
    const view = await a.inspect("memory://b");
    expect(view).toMatchObject({ address: "memory://b", host: "b" });
    expect(view.claim?.to).toBe(view.id);
  });

  it("is told why a node of another ring does not let itself be inspected", async () => {
    const [a, b] = [on.node("a"), on.node("b", { ring: "blue" })];
    await Promise.all([a.create(), b.create()]);
    for (let i = 0; i < 2; i += 1) {
      expect(await failure(() => a.inspect("memory://b"))).toMatchObject({
        code: "REFUSED",
        data: { reason: "ring-mismatch", detail: expect.stringContaining("blue") },
      });
    }
  });

  it("has ranges that tile the ring, with epochs and leases", async () => {
    const nodes = await on.ring(4);
    let ranges: Range[] = [];
    await eventually(() => {
      ranges = nodes.flatMap((node) => node.ranges()).sort((x, y) => (x.to < y.to ? -1 : 1));
      return ranges.length === 4;
    });
    for (const [i, range] of ranges.entries()) {
      expect(range.from).toBe(ranges.at(i - 1)?.to);
      expect(range.epoch).toBeGreaterThan(1_600_000_000_000);
      expect(range.leaseMs).toBeGreaterThan(0);
    }
  });

  it("knows its peers, and can be put into JSON", async () => {
    const [a] = (await on.ring(4)) as [ChordNet];
    await eventually(() => a.peers().length === 3);
    expect(a.peers().map(({ id }) => id)).toEqual(
      a
        .peers()
        .map(({ id }) => id)
        .sort(),
    );
    await eventually(() => a.ranges().length === 1);
    const status = a.status();
    expect(status).toMatchObject({ phase: "member", id: a.id, address: "memory://a" });
    expect(status.ring).toMatchObject({ bits: 160, hash: "sha256", intervalMs });
    expect(status.nodes[0]?.claim?.to).toBe(a.id);
    expect(status.connections.length).toBeGreaterThan(0);
    expect(status.counters.framesIn).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(status))).toEqual(status);
  });

  it("answers a stream of keys as the answers come, a bounded number at once", async () => {
    const [a] = (await on.ring(3)) as [ChordNet];
    async function* source(): AsyncIterable<string> {
      yield* keys;
    }
    const answered = new Map<string, string | undefined>();
    for await (const { key, owner } of a.lookups(source(), { concurrency: 4 }))
      answered.set(key, owner?.address);
    expect([...answered.keys()].sort()).toEqual([...keys].sort());
    for (const [key, address] of answered) expect(address).toBe((await a.lookup(key)).address);
  });

  it("tells each wrong key of a stream its own error", async () => {
    const [a] = (await on.ring(1)) as [ChordNet];
    const codes: (string | null)[] = [];
    for await (const { error } of a.lookups([{ id: -1n }, { id: 1n }])) codes.push(error?.code ?? null);
    expect(codes.sort()).toEqual(["BAD_KEY", null].sort());
  });

  it("tells who watches a key of each owner once", async () => {
    const [a, b] = (await on.ring(2)) as [ChordNet, ChordNet];
    const owned = keys.find((key) => ideal([a, b], key) === b.address) as string;
    const seen: (string | null)[] = [];
    const stop = a.watch(owned, (owner) => seen.push(owner?.address ?? null));
    await eventually(() => seen.length === 1);
    await b.leave();
    await eventually(() => seen.at(-1) === "memory://a");
    expect(seen[0]).toBe("memory://b");
    stop();
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("watches the key that it was given, whatever becomes of the key's bytes", async () => {
    const [a, b] = (await on.ring(2)) as [ChordNet, ChordNet];
    const owned = (by: ChordNet): Uint8Array =>
      Array.from({ length: 256 }, (_, i) => new Uint8Array([i])).find(
        (key) => ideal([a, b], key) === by.address,
      ) as Uint8Array;
    const key = owned(b);
    const seen = new Set<string | undefined>();
    a.watch(key, (owner) => seen.add(owner?.address));
    await eventually(() => seen.has("memory://b"));
    key.set(owned(a));
    const { lookups = 0 } = a.status().counters;
    await eventually(() => (a.status().counters.lookups ?? 0) > lookups + 2);
    expect(seen).not.toContain("memory://a");
  });
});

describe("events", () => {
  const on = rings();

  it("tell of joining, neighbours and ranges, when the state has changed", async () => {
    const a = on.node("a");
    const told: string[] = [];
    a.on("joined", ({ id }) => told.push(`joined ${id === a.id}`));
    a.on("rangeGained", ({ from, to, reason }) => told.push(`gained ${from === to} ${reason}`));
    a.on("successorChanged", ({ to }) => told.push(`successor ${to?.address}`));
    a.on("predecessorChanged", ({ to }) => told.push(`predecessor ${to?.address}`));
    const lost: string[] = [];
    a.on("rangeLost", ({ to, from, peer, reason }) => {
      lost.push(`${reason} ${peer?.address}`);
      // The state has changed: what was lost is no longer claimed, and the listener may call back in.
      expect(a.owns({ id: to })).toBe(false);
      expect(from).not.toBe(to);
    });
    await a.create();
    await eventually(() => told.length >= 2);
    expect(told.sort()).toEqual(["gained true create", "joined true"]);
    const b = on.node("b");
    await b.join("memory://a");
    await eventually(() => told.includes("successor memory://b") && told.includes("predecessor memory://b"));
    await eventually(() => lost.includes("join memory://b"));
  });

  it("come when this node is a member, `joined` first: whatever they tell of may be asked for", async () => {
    const [a, b] = [on.node("a"), on.node("b", { virtualNodes: 2 })];
    const told: string[] = [];
    const lookups: Promise<unknown>[] = [];
    for (const node of [a, b]) {
      for (const event of ["joined", "rangeGained", "successorChanged", "predecessorChanged"] as const) {
        node.on(event, () => {
          told.push(`${node.address} ${event} ${node.phase} ${node.ranges().length > 0}`);
          node.owns("key");
          lookups.push(node.lookup("key"));
        });
      }
    }
    await a.create();
    await b.join(a.address);
    await eventually(() => told.some((each) => each.startsWith("memory://b rangeGained")));
    expect(told[0]).toBe("memory://a joined member true");
    expect(told.find((each) => each.startsWith("memory://b"))).toMatch("memory://b joined member");
    await Promise.all(lookups);
  });

  it("tell of those who died and left, and of leaving", async () => {
    const [a, b, c] = (await on.ring(3)) as [ChordNet, ChordNet, ChordNet];
    const evicted: string[] = [];
    a.on("peerEvicted", ({ peer, reason }) => evicted.push(`${peer.address} ${reason}`));
    const left: boolean[] = [];
    b.on("left", ({ handedOver }) => left.push(handedOver));
    await b.leave();
    await eventually(() => evicted.some((each) => each.startsWith("memory://b ")));
    expect(left).toEqual([true]);
    on.network.crash("c");
    await eventually(() => evicted.some((each) => each.startsWith("memory://c ")));
    await c.close();
  });

  it("may be called back from, and stop when told", async () => {
    const a = on.node("a");
    const looked: string[] = [];
    const stop = a.on("joined", () => {
      stop();
      void a.lookup("x").then(({ address }) => looked.push(address));
    });
    a.on("joined", () => {
      throw new Error("a listener that throws harms nobody");
    });
    await a.create();
    await eventually(() => looked.length === 1);
    expect(looked).toEqual(["memory://a"]);
  });
});

describe("leaving and closing", () => {
  const on = rings();

  it("a lone node leaves at once, and hands over to nobody", async () => {
    const [a] = (await on.ring(1)) as [ChordNet];
    const left: boolean[] = [];
    a.on("left", ({ handedOver }) => left.push(handedOver));
    const start = performance.now();
    expect(await a.leave()).toEqual({ handedOver: false });
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(a.phase).toBe("closed");
    expect(left).toEqual([false]);
    expect(await a.leave()).toEqual({ handedOver: false });
    await a.close();
  });

  it("one that never was a member hands nothing over", async () => {
    expect(await on.node("a").leave()).toEqual({ handedOver: false });
    const b = on.node("b");
    const joining = code(() => b.join("memory://nobody"));
    expect(await b.leave()).toEqual({ handedOver: false });
    expect(await joining).toBe("CLOSED");
  });

  it("the last two leave together at once, and nobody has what the last of them had", async () => {
    for (const handler of [false, true]) {
      const nodes = await on.ring(2);
      const handover = { give: async function* () {}, take: async () => undefined };
      if (handler) for (const node of nodes) node.onHandover(handover);
      await nodes[0]?.store.put("x", new Uint8Array(1));
      const start = performance.now();
      const left = await Promise.all(nodes.map((node) => node.leave({ timeoutMs: 10_000 })));
      expect(left).toContainEqual({ handedOver: false });
      expect(performance.now() - start).toBeLessThan(3_000);
    }
  });

  it("what is asked of one that has gone or has not come is refused", async () => {
    const a = on.node("a");
    for (const call of [
      () => a.lookup("x"),
      () => a.owns("x"),
      () => a.ranges(),
      () => a.id,
      () => a.inspect("memory://b"),
    ]) {
      expect(await code(call)).toBe("NOT_MEMBER");
    }
    await a.create();
    expect(await code(() => a.create())).toBe("ALREADY_MEMBER");
    await expect(a.create()).rejects.toThrow("this node is a member already: make another");
    expect(await code(() => a.join("memory://b"))).toBe("ALREADY_MEMBER");
    await a.leave();
    for (const call of [
      () => a.lookup("x"),
      () => a.owns("x"),
      () => a.peers(),
      () => a.create(),
      () => a.join("memory://b"),
    ]) {
      expect(await code(call)).toBe("CLOSED");
    }
  });

  it("closing fails what is under way", async () => {
    const [a, b] = (await on.ring(2)) as [ChordNet, ChordNet];
    on.network.cut("b");
    const lookups = keys
      .filter((key) => ideal([a, b], key) === b.address)
      .map((key) => code(() => a.lookup(key)));
    await a.close();
    expect(lookups.length).toBeGreaterThan(0);
    for (const lookup of lookups) expect(await lookup).toBe("CLOSED");
  });

  it("closing while joining ends the joining", async () => {
    const a = on.node("a");
    const joining = code(() => a.join("memory://nobody"));
    await eventually(() => a.phase === "joining");
    await a.close();
    expect(await joining).toBe("CLOSED");
    expect(a.phase).toBe("closed");
  });

  it("closing ends a life at whatever moment it comes, also in that of becoming a member", async () => {
    for (let turns = 0; turns < 60; turns += 1) {
      const a = on.node("a");
      const founded = a.create().catch(() => undefined);
      for (let i = 0; i < turns; i += 1) await null;
      await a.close();
      await founded;
      expect([turns, a.phase, await code(() => a.create())]).toEqual([turns, "closed", "CLOSED"]);
    }
  });

  it("disposes of itself by leaving", async () => {
    const [a, b] = (await on.ring(2)) as [ChordNet, ChordNet];
    await b[Symbol.asyncDispose]();
    expect(b.phase).toBe("closed");
    for (const key of keys) expect((await a.lookup(key)).self).toBe(true);
  });

  it("a failed join leaves room for another", async () => {
    const a = on.node("a");
    expect(await code(() => a.join("memory://nobody", { timeoutMs: 200 }))).toBe("NO_SEED");
    expect(a.phase).toBe("idle");
    await a.create();
    expect(a.owns("x")).toBe(true);
  });
});

describe("deadlines and signals", () => {
  const on = rings();

  it("a lookup that gets no answer fails in time", async () => {
    const [a, b] = (await on.ring(2)) as [ChordNet, ChordNet];
    const key = keys.find((each) => ideal([a, b], each) === b.address) as string;
    on.network.cut("b");
    const start = performance.now();
    const failed = await code(() => a.lookup(key, { timeoutMs: 80 }));
    expect(["TIMEOUT", "NO_OWNER"]).toContain(failed);
    expect(performance.now() - start).toBeLessThan(400);
  });

  it("a lookup is given up when its signal says so, with the reason as the cause", async () => {
    const [a, b] = (await on.ring(2)) as [ChordNet, ChordNet];
    const key = keys.find((each) => ideal([a, b], each) === b.address) as string;
    on.network.cut("b");
    const controller = new AbortController();
    const lookup = a.lookup(key, { signal: controller.signal }).catch((error: unknown) => error);
    controller.abort(new Error("enough"));
    expect(await lookup).toMatchObject({ code: "ABORTED", cause: { message: "enough" } });
    expect(await code(() => a.lookup(key, { signal: controller.signal }))).toBe("ABORTED");
    expect(a.status().nodes[0]?.pending).toBeLessThan(10);
  });

  it("joining is given up when its signal says so", async () => {
    const a = on.node("a");
    const controller = new AbortController();
    const joining = code(() => a.join("memory://nobody", { signal: controller.signal }));
    controller.abort();
    expect(await joining).toBe("ABORTED");
    expect(a.phase).toBe("idle");
  });
});
