import { configure, defaultLeaseMs, defaultRing, ownDialect, wireVersions } from "@chordnet/core";
import { transportOf } from "@chordnet/transport";
import { describe, expect, it } from "vitest";
import { frameCodec } from "../../src/exchange/wire.js";
import { encodeHello, usualFrameBytesMax } from "../../src/hello.js";
import type { ChordNet, Client } from "../../src/index.js";
import { ChordNet as Net } from "../../src/index.js";
import { code, eventually, failure, ideal, intervalMs, rings } from "../rings.js";

const keys = Array.from({ length: 30 }, (_, i) => `key ${i}`);

describe("a client", () => {
  const on = rings();

  it("learns the ring's parameters, and finds what members find", async () => {
    const nodes = await on.ring(4, { bits: 32, hash: "sha1" });
    const client = await on.client("memory://b");
    expect(client.ring).toEqual(nodes[0]?.status().ring);
    for (const key of keys) {
      const owner = await client.lookup(key);
      expect(owner.self).toBe(false);
      expect(owner.address).toBe(ideal(nodes, key));
      expect(client.keyId(key)).toBe(nodes[0]?.keyId(key));
      expect((await client.lookup(key, { mode: "iterative" })).address).toBe(owner.address);
    }
  });

  it("counts the hops after the node that it asks", async () => {
    const nodes = await on.ring(3);
    const [a] = nodes as [ChordNet];
    const client = await on.client("memory://a");
    const own = keys.find((key) => ideal(nodes, key) === a.address) as string;
    expect((await client.lookup(own)).hops).toBe(0);
    const other = keys.find((key) => ideal(nodes, key) !== a.address) as string;
    const { owner, hops } = await client.trace(other);
    expect(owner.hops).toBeGreaterThan(0);
    expect(hops.map(({ peer }) => peer.address)).toContain(owner.address);
  });

  it("walks, inspects, names several, and reads the status of any node", async () => {
    await on.ring(4);
    const client = await on.client("memory://c");
    const seen: string[] = [];
    await eventually(async () => {
      seen.length = 0;
      for await (const node of client.walk()) seen.push(node.address);
      return seen.length === 4;
    });
    expect(seen[0]).toBe("memory://c");
    expect(seen.sort()).toEqual(["memory://a", "memory://b", "memory://c", "memory://d"]);
    expect((await client.inspect("memory://a")).host).toBe("a");
    expect(new Set((await client.lookupMany("x", 3)).map(({ address }) => address)).size).toBe(3);
    expect((await client.status()).address).toBe("memory://c");
    expect((await client.status({ address: "memory://d" })).address).toBe("memory://d");
  });

  it("streams keys", async () => {
    await on.ring(2);
    const client = await on.client("memory://a");
    let answers = 0;
    for await (const { owner } of client.lookups(keys, { concurrency: 8 }))
      if (owner !== undefined) answers += 1;
    expect(answers).toBe(keys.length);
  });

  it("asks the next node when one dies, and the same one when it is back", async () => {
    const [a, b] = (await on.ring(3)) as [ChordNet, ChordNet];
    const client = await on.client(["memory://a", "memory://b"]);
    await client.lookup("x");
    await a.close();
    for (const key of keys) await client.lookup(key);
    await b.close();
    const waiting = client.lookup("x");
    const again = on.node("a");
    await again.join("memory://c");
    expect((await waiting).host).toMatch(/[ac]/);
  });

  it("asks the next node when one falls silent, for values, too", async () => {
    await on.ring(2);
    const client = await on.client(["memory://a", "memory://b"]);
    await client.store.put("x", new Uint8Array([1]));
    on.network.cut("client 1", "a");
    expect(await code(() => client.store.get("x", { timeoutMs: 100 }))).toBe("TIMEOUT");
    expect((await client.store.get("x"))?.bytes).toEqual(new Uint8Array([1]));
  });

  it.each([
    { what: "a lookup", ask: (client: Client, timeoutMs: number) => client.lookup("x", { timeoutMs }) },
    { what: "a value", ask: (client: Client, timeoutMs: number) => client.store.get("x", { timeoutMs }) },
  ])("asks by a new connection where the one that it has leads nowhere: for $what", async ({ ask }) => {
    await on.ring(1);
    const driver = on.network.driver();
    let dials = 0;
    const counted = transportOf({
      ...driver,
      dial: (address, options) => {
        dials += 1;
        return driver.dial(address, options);
      },
    });
    const client = await Net.connect({ transport: counted, via: "memory://a" });
    on.closing(client);
    await ask(client, 5_000);
    const before = dials;
    on.network.cut("a");
    expect(await code(() => ask(client, 1_100))).toBe("TIMEOUT");
    // In vain as long as nobody is to be reached.
    await eventually(async () => (await code(() => ask(client, 100))) === "TIMEOUT" && dials > before);
    on.network.heal();
    await ask(client, 5_000);
  });

  it("fails in time and with a type where nobody answers", async () => {
    await on.ring(1);
    const client = await on.client("memory://a");
    await client.lookup("x");
    on.network.cut("a");
    expect(await code(() => client.lookup("x", { timeoutMs: 100 }))).toBe("TIMEOUT");
    on.network.heal();
    on.network.crash("a");
    expect(await code(() => client.lookup("x", { timeoutMs: 300 }))).toBe("PEER_UNREACHABLE");
    const controller = new AbortController();
    const lookup = code(() => client.lookup("x", { signal: controller.signal }));
    controller.abort();
    expect(await lookup).toBe("ABORTED");
    const open = code(() => client.lookup("x"));
    await client.close();
    expect(await open).toBe("CLOSED");
    expect(await code(() => client.lookup("x"))).toBe("CLOSED");
    await client.close();
  });

  it("is told what is wrong with the nodes it was given", async () => {
    await on.ring(1);
    const idle = on.node("idle");
    const transport = on.network.transport();
    const error = await failure(() =>
      Net.connect({ transport, via: ["memory://nobody", "memory://a"], ring: "other" }),
    );
    expect(error).toMatchObject({
      code: "RING_MISMATCH",
      data: { parameter: "name", ours: "other", theirs: "chordnet" },
    });
    expect(await code(() => Net.connect({ transport, via: "memory://nobody" }))).toBe("NO_SEED");
    expect(await code(() => Net.connect({ transport, via: [] }))).toBe("NO_SEED");
    expect(await code(() => Net.connect({ transport, via: "a" }))).toBe("BAD_ADDRESS");
    const listens = on.network.transport({ name: "listens" });
    expect(await code(() => Net.connect({ transport: listens, via: "memory://a" }))).toBe("BAD_OPTION");
    const joining = code(() => idle.join("memory://nobody", { timeoutMs: 400 }));
    await eventually(() => idle.status().address !== null);
    const told = await failure(() => Net.connect({ transport, via: "memory://idle" }));
    expect(told).toMatchObject({
      code: "NO_SEED",
      data: { seeds: [{ seed: "memory://idle", reason: "not-member" }] },
    });
    await joining;
  });

  it("is told that there is no room for it, at once and when it asks again", async () => {
    const transport = on.network.transport({ name: "a" });
    const a = on.node("a", {
      transport: {
        ...transport,
        open: (options) => transport.open({ ...options, limits: { clientsMax: 1 } }),
      },
    });
    await a.create();
    const [first, second] = [await on.client("memory://a"), await on.client("memory://a")];
    await first.lookup("x");
    const refused = { code: "REFUSED", data: { address: "memory://a", reason: "overloaded" } };
    expect(await failure(() => second.lookup("x", { timeoutMs: 500 }))).toMatchObject(refused);
    expect(await failure(() => second.inspect("memory://a"))).toMatchObject(refused);
  });

  it("may come in by another door than the nodes'", async () => {
    const door = on.network.transport({ name: "door" });
    const a = on.node("a", { clientTransports: [door] });
    await a.create();
    const b = on.node("b");
    await b.join("memory://a");
    const clients = [await on.client("memory://door"), await on.client("memory://a")];
    for (const client of clients) {
      for (const key of keys) expect((await client.lookup(key)).address).toBe((await a.lookup(key)).address);
      expect((await client.status()).address).toBe("memory://a");
    }
    // Two clients of two doors have one name each, though both doors count from one.
    await Promise.all(keys.flatMap((key) => clients.map((client) => client.lookup(key))));
    expect(await code(() => on.node("c").join("memory://door", { timeoutMs: 600 }))).toBe("NO_SEED");
  });

  it("is told of a node that answers with a status that is none", async () => {
    const ring = { ...defaultRing, intervalMs, leaseMs: defaultLeaseMs(intervalMs) };
    const says = {
      ring,
      member: true,
      virtualNodes: 1,
      dialect: ownDialect,
      frameBytesMax: usualFrameBytesMax,
    };
    const codec = frameCodec(configure(ring));
    const liar = await on.network.transport({ name: "liar" }).open({
      incarnation: 1,
      describe: () => encodeHello(says),
      versions: wireVersions,
      judge: () => null,
      onEvent: (event) => {
        const asked = event._tag === "Frame" ? codec.decode(event.frame) : null;
        if (event._tag !== "Frame" || asked?._tag !== "Right" || !("rid" in asked.right.message)) return;
        const { rid } = asked.right.message;
        const json = new TextEncoder().encode("{");
        liar.send(event.peer, codec.encode({ from: 0, to: 0, message: { _tag: "StatusReply", rid, json } }));
      },
    });
    on.closing(liar);
    const client = await on.client("memory://liar");
    const refused = { code: "REFUSED", data: { address: "memory://liar", reason: "wrong-form" } };
    expect(await failure(() => client.status())).toMatchObject(refused);
    expect(await failure(() => client.lookup("x"))).toMatchObject(refused);
  });
});
