import { execFile } from "node:child_process";
import { createServer as createWeb } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { connect, createServer } from "node:net";
import { promisify } from "node:util";
import {
  addressLengthMax,
  jitterMax,
  virtualAddress,
  virtualIndexMax,
  virtualNodesMax,
} from "@chordnet/core";
import { addressBytesMax, type Driver, transportOf } from "@chordnet/transport";
import { Network } from "@chordnet/transport-memory";
import { type TcpOptions, tcp } from "@chordnet/transport-tcp";
import { ws } from "@chordnet/transport-ws";
import { right } from "fp-ts/lib/Either.js";
import { afterEach, describe, expect, it } from "vitest";
import type { ChordNetOptions, ConnectOptions } from "../src/index.js";
import { ChordNet, isChordNetError } from "../src/index.js";
import { silentLogger } from "../src/ports.js";
import { code, eventually, failure } from "./rings.js";

/** Each mistake of a caller, and each misbehaving peer, over real sockets. */

const timeoutMs = 1_500;
let open: { close(): unknown }[] = [];

afterEach(async () => {
  await Promise.all(open.map((each) => each.close()));
  open = [];
});

function node(options: Partial<ChordNetOptions> = {}, tcpOptions: Partial<TcpOptions> = {}): ChordNet {
  const transport = tcp({ host: "127.0.0.1", port: 0, ...tcpOptions });
  const made = new ChordNet({ transport, intervalMs: 100, ...options });
  open.push(made);
  return made;
}

async function founder(options: Partial<ChordNetOptions> = {}): Promise<ChordNet> {
  const made = node(options);
  await made.create();
  return made;
}

async function server(made: Server): Promise<string> {
  const sockets = new Set<{ destroy(): unknown }>();
  made.on("connection", (socket) => sockets.add(socket));
  open.push({
    close: () => {
      made.close();
      for (const socket of sockets) socket.destroy();
    },
  });
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  return `tcp://127.0.0.1:${(made.address() as AddressInfo).port}`;
}

async function freePort(): Promise<number> {
  const probe = await founder();
  const port = portOf(probe.address);
  await probe.close();
  return port;
}

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(":") + 1));

describe("where a node listens", () => {
  it("a port in use", async () => {
    const a = await founder();
    const error = await failure(() => node({}, { port: portOf(a.address) }).create());
    expect(error).toMatchObject({ code: "ADDRESS_IN_USE", fault: "caller" });
    expect(error.message).toMatch(
      /^can't listen on 127\.0\.0\.1 port \d+: address already in use: stop what listens there, or choose/,
    );
  });

  it("at no host: what is wrong with the transport's options is told", async () => {
    const error = await failure(() => node({}, { host: "" }).create());
    expect(error).toMatchObject({ code: "BAD_OPTION", data: { option: "transport" } });
    expect(error.message).toBe(
      "transport must be one with other options (host must be the name or the address to listen on, as text), " +
        "not this one",
    );
  });

  it("more sockets than a process may open", async () => {
    const script = `
      import { tcp } from "@chordnet/transport-tcp";
      import { ChordNet } from "chordnet";
      const nodes = [];
      try {
        for (;;) {
          const node = new ChordNet({ transport: tcp({ host: "127.0.0.1", port: 0 }) });
          nodes.push(node);
          await node.create();
        }
      } catch (error) {
        await Promise.all(nodes.map((node) => node.close()));
        process.stdout.write(error.code + " " + error.message);
      }
    `;
    const { stdout } = await promisify(execFile)(
      "sh",
      ["-c", 'ulimit -n 300; exec "$0" --input-type=module -e "$1"', process.execPath, script],
      { cwd: new URL("..", import.meta.url), timeout: 10_000 },
    );
    expect(stdout).toMatch(
      /^TOO_MANY_FILES can't listen on 127\.0\.0\.1 port 0: too many open files: let this process open more \(ulimit -n\)/,
    );
  });

  it("a name that does not resolve, an address of another machine", async () => {
    expect(await code(() => node({}, { host: "no-such-host.invalid" }).create())).toBe("ADDRESS_UNAVAILABLE");
    expect(await code(() => node({}, { host: "203.0.113.7" }).create())).toBe("ADDRESS_UNAVAILABLE");
  });

  it("advertising what nobody can dial", async () => {
    expect(await code(() => node({}, { advertise: "tcp://0.0.0.0:7000" }).create())).toBe("BAD_ADDRESS");
    expect(await code(() => node({}, { advertise: "http://example.org" }).create())).toBe("BAD_ADDRESS");
  });

  it("at the longest address, and at one past it", async () => {
    const network = new Network();
    const longest = "a".repeat(addressBytesMax - "memory://".length);
    const at = (name: string): ChordNet => node({ transport: network.transport({ name }), virtualNodes: 3 });
    const [a, b] = [at("a"), at(longest)];
    await a.create();
    await b.join(a.address);
    expect(await code(() => at(`${longest}a`).join(a.address))).toBe("BAD_ADDRESS");
    for (let i = 0; i < 50; i += 1) expect((await a.lookup(`key ${i}`)).epoch).toBeGreaterThan(0);
    expect([a, b].map((each) => each.status().counters.faults)).toEqual([0, 0]);
    // What messages have room for is what the transport lets in.
    expect(virtualAddress(b.address, virtualIndexMax)).toHaveLength(addressLengthMax);
  });

  it("a newcomer whose transport lets it have a longer one, which disturbs nobody", async () => {
    const network = new Network();
    const [a, b] = ["a", "b"].map((name) => node({ transport: network.transport({ name }) })) as [
      ChordNet,
      ChordNet,
    ];
    await a.create();
    await b.join(a.address);
    const address = `memory://${"x".repeat(300)}`;
    const inner = network.driver({ name: "x" });
    const lax: Driver = {
      ...inner,
      canonical: right,
      listen: async (onSocket) => ({
        close: async () => undefined,
        ...(await inner.listen?.(onSocket)),
        address,
      }),
    };
    const error = await failure(() => node({ transport: transportOf(lax) }).join(a.address, { timeoutMs }));
    expect(error).toMatchObject({ code: "NO_SEED", data: { seeds: [{ reason: "bad-address" }] } });
    for (let i = 0; i < 50; i += 1)
      expect([a.address, b.address]).toContain((await a.lookup(`key ${i}`)).address);
    expect([a, b].map((each) => each.status().counters.faults)).toEqual([0, 0]);
  });

  it("advertising a closed port, or a member's address", async () => {
    const a = await founder();
    const b = node();
    await b.join(a.address);
    const closed = node({}, { advertise: "tcp://127.0.0.1:9" });
    expect(await failure(() => closed.join(a.address, { timeoutMs: 5_000 }))).toMatchObject({
      code: "ADDRESS_UNREACHABLE",
      data: { address: "tcp://127.0.0.1:9", reason: "refused: 127.0.0.1: connection refused" },
    });
    const thief = node({}, { advertise: b.address });
    expect(await code(() => thief.join(a.address))).toBe("ADDRESS_TAKEN");
    expect((await a.lookup({ id: b.id })).address).toBe(b.address);
  });

  it("founding a ring at a closed port: both the founder and who would join are told", async () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    const port = await freePort();
    const a = node({ logger }, { port, advertise: "tcp://127.0.0.1:9" });
    await a.create();
    expect(warnings[0]).toContain("cannot reach itself at tcp://127.0.0.1:9");
    const error = await failure(() => node().join(`tcp://127.0.0.1:${port}`, { timeoutMs }));
    expect(error).toMatchObject({ code: "NO_SEED", data: { seeds: [{ reason: "other-address" }] } });
    expect(error.message).toContain(
      "it says that its address is tcp://127.0.0.1:9, and that can't be dialled: refused",
    );
    const thief = node({}, { advertise: (await founder()).address });
    expect(await code(() => thief.create())).toBe("ADDRESS_TAKEN");
  });

  it("a transport that only dials", async () => {
    expect(await code(() => new ChordNet({ transport: tcp() }).create())).toBe("BAD_OPTION");
  });
});

describe("seeds", () => {
  it("none, or none that is an address", async () => {
    expect(await code(() => node().join([]))).toBe("NO_SEED");
    for (const seed of [
      "",
      "hello",
      "tcp://127.0.0.1",
      "tcp://127.0.0.1:0",
      "tcp://127.0.0.1:99999",
      "ws://127.0.0.1:1",
    ]) {
      expect(await code(() => node().join(seed))).toBe("BAD_ADDRESS");
    }
    expect(await code(() => node().join(7 as unknown as string))).toBe("BAD_OPTION");
  });

  it("one that is down, one that hangs, one that speaks another protocol: each told apart", async () => {
    const hanging = await server(createServer());
    const web = await server(createWeb((_, response) => response.end("hello")));
    const down = "tcp://127.0.0.1:9";
    const told: string[] = [];
    const a = node();
    a.on("seedFailed", ({ seed, reason }) => told.push(`${seed} ${reason}`));
    const error = await failure(() => a.join([down, hanging, web], { timeoutMs: 2_500 }));
    expect(error).toMatchObject({ code: "NO_SEED", fault: "network" });
    expect(error.message).toMatch(/could be used \(.*\): name a member that can be reached from here$/);
    if (!isChordNetError(error, "NO_SEED")) throw error;
    const { seeds } = error.data;
    expect(seeds.map(({ seed, reason }) => `${seed} ${reason}`).sort()).toEqual(
      [`${down} refused`, `${hanging} silent`, `${web} protocol`].sort(),
    );
    expect([...new Set(told)].sort()).toEqual(seeds.map(({ seed, reason }) => `${seed} ${reason}`).sort());
  });

  it("one that hangs is silent for who asks it, and has refused nobody", async () => {
    const hanging = await server(createServer());
    const a = await founder();
    const client = await ChordNet.connect({ transport: tcp(), via: a.address });
    const silent = { code: "PEER_UNREACHABLE", fault: "network", data: { address: hanging } };
    for (const from of [a, client])
      expect(await failure(() => from.inspect(hanging, { timeoutMs: 4_000 }))).toMatchObject(silent);
    await client.close();
  });

  it("one that says back whatever it is told is not oneself", async () => {
    const echo = await server(createServer((socket) => socket.pipe(socket)));
    const error = await failure(() => node().join(echo, { timeoutMs: 500 }));
    expect(error).toMatchObject({ code: "NO_SEED", data: { seeds: [{ seed: echo, reason: "protocol" }] } });
  });

  it("the next one is tried, whatever is wrong with the first", async () => {
    const a = await founder();
    const other = await founder({ ring: "other" });
    const hanging = await server(createServer());
    const b = node({ ring: "chordnet" });
    await b.join(["tcp://127.0.0.1:9", hanging, other.address, a.address], { timeoutMs: 4_000 });
    expect(b.status().ring?.name).toBe("chordnet");
  });

  it("of a ring with another name or other parameters", async () => {
    const a = await founder();
    const wrong = [
      { ring: "other" },
      { bits: 32 },
      { hash: "sha1" },
      { successors: 4 },
      { intervalMs: 50 },
      { leaseMs: 180 },
    ] as const;
    for (const options of wrong) {
      const error = await failure(() => node(options).join(a.address, { timeoutMs }));
      expect(error).toMatchObject({ code: "RING_MISMATCH", fault: "caller" });
      const [[name, ours]] = Object.entries(options) as [[string, unknown]];
      const parameter = name === "ring" ? "name" : name;
      expect(error.data).toMatchObject({
        seed: a.address,
        parameter,
        ours,
        theirs: a.status().ring?.[parameter as "bits"],
      });
    }
    expect((await a.lookup("x")).self).toBe(true);
    expect(a.status().nodes[0]?.successors).toEqual([]);
  });

  it("oneself, by any name", async () => {
    const port = await freePort();
    expect(await code(() => node({}, { port }).join(`tcp://127.0.0.1:${port}`, { timeoutMs }))).toBe(
      "SELF_JOIN",
    );
    expect(await code(() => node({}, { port }).join(`tcp://localhost:${port}`, { timeoutMs }))).toBe(
      "SELF_JOIN",
    );
  });

  it("a function that throws, or finds nobody, until the deadline", async () => {
    const reason = new Error("the directory is down");
    const down = await failure(() => node().join(() => Promise.reject(reason), { timeoutMs: 300 }));
    expect(down).toMatchObject({ code: "NO_SEED", cause: reason });
    expect(down.message).toContain("seeds(): it failed: the directory is down");
    const nobody = await failure(() => node().join(async () => [], { timeoutMs: 300 }));
    expect(nobody).toMatchObject({ code: "NO_SEED" });
    expect(nobody.message).toContain("seeds(): it found no other node");
    expect(await code(() => node().join(async () => 7 as unknown as string))).toBe("BAD_OPTION");
  });
});

describe("options and keys", () => {
  it("options out of bounds are named", async () => {
    expect(() => node({ virtualNodes: virtualNodesMax, jitter: jitterMax, minMembers: 9 })).not.toThrow();
    const wrong: Record<string, unknown>[] = [
      { bits: 0 },
      { bits: 257 },
      { bits: 1.5 },
      { hash: "md5" },
      { successors: 0 },
      { successors: 33 },
      { intervalMs: 9 },
      { leaseMs: 100 },
      { virtualNodes: 0 },
      { virtualNodes: virtualNodesMax + 1 },
      { minMembers: 0 },
      { minMembers: 10 },
      { minMembers: 4, successors: 2 },
      { jitter: jitterMax + 0.01 },
      { jitter: -0.01 },
      { timeoutMs: 0 },
      { lookupMode: "fast" },
      { logger: {} },
      { clock: {} },
      { random: 5 },
      { ring: "two words" },
      { ring: 12_345_678 },
      { ring: ["abc"] },
      { intervalMs: "200" },
      { leaseMs: "1000" },
      { limits: 5 },
      { limits: [] },
      { clientTransports: tcp() },
    ];
    for (const options of wrong) {
      const error = await failure(() => node(options as Partial<ChordNetOptions>));
      expect(error).toMatchObject({ code: "BAD_OPTION", data: { option: Object.keys(options)[0] } });
    }
    expect(await code(() => node({ interval: 1 } as object))).toBe("BAD_OPTION");
    expect(await failure(() => node({ linkLimits: { frameBytesMax: 2_047 } }))).toMatchObject({
      code: "BAD_OPTION",
      data: { option: "linkLimits.frameBytesMax" },
    });
    // A tombstone outlives copies that lie in the wrong place.
    expect(await code(() => node({ store: { tombstoneMs: 3_599_999 } }))).toBe("BAD_OPTION");
    expect(() => node({ store: { tombstoneMs: 3_600_000 } })).not.toThrow();
    expect(await code(() => new ChordNet({} as ChordNetOptions))).toBe("BAD_OPTION");
    expect(await code(() => new ChordNet(undefined as unknown as ChordNetOptions))).toBe("BAD_OPTION");
  });

  it("where to listen is wrong, or nowhere", async () => {
    for (const where of [{ port: 0 }, null, { host: 5, port: 0 }, { host: "", port: 0 }, "127.0.0.1:0"]) {
      for (const transport of [tcp(where as TcpOptions), ws(where as TcpOptions)])
        expect(await code(() => new ChordNet({ transport }).create()), String(where)).toBe("BAD_OPTION");
    }
    const mute = await failure(() => node({ clientTransports: [tcp()] }).create());
    expect(mute).toMatchObject({ code: "BAD_OPTION", data: { option: "clientTransports[0]" } });
  });

  it("a client's options", async () => {
    const { address: via } = await founder();
    const transport = tcp();
    const wrong: unknown[] = [
      undefined,
      null,
      {},
      { transport, via, timeout: 5 },
      { transport, via, timeoutMs: "5" },
      { transport, via, ring: 5 },
      { transport, via, logger: {} },
      { transport, via, clock: {} },
      { transport, via, random: 5 },
      { transport, via, signal: {} },
    ];
    for (const options of wrong)
      expect(await code(() => ChordNet.connect(options as ConnectOptions))).toBe("BAD_OPTION");
  });

  it("no listener, and no handover", async () => {
    const a = await founder();
    const none = undefined as never;
    for (const call of [() => a.on("left", none), () => a.watch("x", none), () => a.onHandover(none)])
      expect(await code(call)).toBe("BAD_OPTION");
  });

  it("an event that there is not", async () => {
    const misspelt = "rangegained" as "rangeGained";
    const error = await failure(() => node().on(misspelt, () => undefined));
    expect(error).toMatchObject({ code: "BAD_OPTION", data: { option: "event" } });
    expect(String(error)).toContain("rangeGained");
  });

  it("keys of the wrong type or beyond the ring", async () => {
    const a = await founder({ bits: 16 });
    const wrong = [
      5,
      5n,
      null,
      undefined,
      {},
      [],
      { id: 1 },
      { id: -1n },
      { id: 65_536n },
      { id: "xyz" },
      { id: "10000" },
    ];
    for (const key of wrong) {
      const error = await failure(() => a.lookup(key as string));
      expect(error).toMatchObject({ code: "BAD_KEY", fault: "caller" });
      expect(await code(() => a.owns(key as string))).toBe("BAD_KEY");
    }
    expect((await a.lookup({ id: 65_535n })).self).toBe(true);
    expect((await a.lookup("")).self).toBe(true);
    expect((await a.lookup(new Uint8Array(0))).self).toBe(true);
  });

  it("options of a call", async () => {
    const a = await founder();
    const calls: (() => unknown)[] = [
      () => a.lookup("x", { timeoutMs: 0 }),
      () => a.lookup("x", { timeoutMs: Number.NaN }),
      () => a.lookup("x", { mode: "both" as "iterative" }),
      () => a.lookup("x", { signal: {} as AbortSignal }),
      () => a.lookupMany("x", 0),
      () => a.lookupMany("x", 65),
      () => a.lookups([], { concurrency: 0 }),
    ];
    for (const call of calls) expect(await code(call)).toBe("BAD_OPTION");
    const client = await ChordNet.connect({ transport: tcp(), via: a.address });
    open.push(client);
    for (const each of [a, client]) {
      for (const options of [null, 5, "x", { timeout: 5 }] as never[]) {
        const given: ((...args: never[]) => unknown)[] = [
          () => each.lookup("x", options),
          () => each.lookupMany("x", 1, options),
          () => each.lookups([], options),
          () => each.trace("x", options),
          () => each.inspect(a.address, options),
          () => each.walk(options),
          () => each.request("x", new Uint8Array(0), options),
        ];
        for (const call of given) expect(await code(call), `${call} ${options}`).toBe("BAD_OPTION");
      }
      for (const keys of [5, "abc", null, {}] as never[])
        expect(await code(() => each.lookups(keys))).toBe("BAD_OPTION");
    }
    expect(await code(() => client.status(null as never))).toBe("BAD_OPTION");
    expect(await code(() => a.inspect("nowhere"))).toBe("BAD_ADDRESS");
    expect(await code(() => a.inspect("tcp://127.0.0.1:9"))).toBe("PEER_UNREACHABLE");
  });
});

describe("a member", () => {
  it("is not disturbed by garbage, half frames and silence on its port", async () => {
    const a = await founder();
    const b = node();
    await b.join(a.address);
    const garbage = [
      Buffer.alloc(0),
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      Buffer.alloc(70_000, 0xff),
      Buffer.from([0, 0, 0, 200, 1]),
    ];
    for (const bytes of garbage) {
      const socket = connect(portOf(a.address), "127.0.0.1");
      open.push({ close: () => socket.destroy() });
      socket.on("error", () => undefined);
      socket.write(bytes);
    }
    for (let i = 0; i < 50; i += 1) expect((await b.lookup(`key ${i}`)).host).toBe("127.0.0.1");
    await eventually(() => a.status().connections.length <= garbage.length + 1);
    expect(a.status().counters.faults).toBe(0);
  });
});
