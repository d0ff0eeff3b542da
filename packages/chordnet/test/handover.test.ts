import { describe, expect, it } from "vitest";
import type { ChordNet, Handover, Key } from "../src/index.js";
import { settled } from "./fake-clock.js";
import { code, eventually, rings } from "./rings.js";

const keys = Array.from({ length: 60 }, (_, i) => `key ${i}`);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (of: string): Uint8Array => new TextEncoder().encode(of);

/** What each node's store holds. */
const stored = new WeakMap<ChordNet, Map<string, string>>();

function values(node: ChordNet): Map<string, string> {
  return stored.get(node) as Map<string, string>;
}

/** A store that moves with its keys: a request appends to what its key holds, and is answered with it. */
class Store {
  readonly values = new Map<string, string>();
  readonly log: string[] = [];
  chunkBytes = 7;

  constructor(node: ChordNet, change: (own: Handover) => Partial<Handover> = () => ({})) {
    const own: Handover = {
      give: (range) => this.give(range),
      take: async ({ chunks, peer, reason }) => {
        const parts: Uint8Array[] = [];
        for await (const chunk of chunks) parts.push(chunk);
        const entries = JSON.parse(text(Buffer.concat(parts))) as [string, string][];
        for (const [key, value] of entries) this.values.set(key, value);
        this.log.push(`took ${entries.length} from ${peer} (${reason})`);
      },
      given: ({ has, peer }) => {
        for (const key of this.values.keys()) if (has(key)) this.values.delete(key);
        this.log.push(`given to ${peer}`);
      },
    };
    stored.set(node, this.values);
    node.onHandover({ ...own, ...change(own) });
    node.onRequest(({ key, bytes: added }) => {
      const value = `${this.values.get(key as string) ?? ""}${text(added)}`;
      this.values.set(key as string, value);
      return bytes(value);
    });
  }

  async *give({ has }: { has(key: Key): boolean }): AsyncIterable<Uint8Array> {
    const whole = bytes(JSON.stringify([...this.values].filter(([key]) => has(key))));
    for (let at = 0; at < whole.length; at += this.chunkBytes) yield whole.subarray(at, at + this.chunkBytes);
  }
}

async function append(asker: ChordNet, letter: string, timeoutMs = 10_000): Promise<string[]> {
  return Promise.all(keys.map(async (key) => text(await asker.request(key, bytes(letter), { timeoutMs }))));
}

const all = (value: string): string[] => keys.map(() => value);

describe("a handover", () => {
  const on = rings();

  it("brings a newcomer what is kept for its keys, before it handles a request for them", async () => {
    const [a] = (await on.ring(1)) as [ChordNet];
    const stores = [new Store(a)];
    expect(await append(a, "1")).toEqual(all("1"));
    const b = on.node("b");
    stores.push(new Store(b));
    await b.join("memory://a");
    expect(await append(a, "2")).toEqual(all("12"));
    const c = on.node("c");
    stores.push(new Store(c));
    await c.join("memory://b");
    expect(await append(b, "3")).toEqual(all("123"));
    // Whoever gave has dropped its copy.
    await eventually(() => stores.reduce((sum, { values }) => sum + values.size, 0) === keys.length);
    expect(stores[0]?.log).toContain("given to memory://b");
  });

  it("takes along what a leaver kept", async () => {
    const nodes = [on.node("a"), on.node("b"), on.node("c")] as [ChordNet, ChordNet, ChordNet];
    const stores = nodes.map((node) => new Store(node));
    const [a, b, c] = nodes;
    await a.create();
    await b.join("memory://a");
    await c.join("memory://a");
    await append(a, "1");
    expect(await b.leave()).toEqual({ handedOver: true });
    expect(stores[1]?.log.at(-1)).toMatch(/^given to/);
    expect(await append(a, "2")).toEqual(all("12"));
    expect(await c.leave()).toEqual({ handedOver: true });
    expect(await append(a, "3")).toEqual(all("123"));
    expect(stores[0]?.values.size).toBe(keys.length);
  });

  it("waits for nobody who takes nothing", async () => {
    const [a, b] = [on.node("a"), on.node("b")];
    new Store(b, () => ({ timeoutMs: 30_000 }));
    await a.create();
    await b.join("memory://a");
    expect(await b.leave()).toEqual({ handedOver: true }); // long before its handover's time is over
  });

  it("loses nothing that was acknowledged, while members come and go under load", {
    timeout: 30_000,
  }, async () => {
    const a = on.node("a");
    new Store(a);
    await a.create();
    const written = new Map<string, number>();
    let over = false;
    const load = keys.slice(0, 12).map(async (key) => {
      for (let n = 1; !over; n += 1) {
        const value = await a.request(key, bytes("x"), { timeoutMs: 10_000 });
        // Handled once or, where a connection ended, again: never fewer than were acknowledged.
        expect(value.length).toBeGreaterThanOrEqual(n);
        written.set(key, n);
        // Requests to oneself take no time at all: others must get some.
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    });
    for (const name of ["b", "c", "d"]) {
      const node = on.node(name);
      new Store(node);
      await node.join("memory://a");
      if (name !== "d") await node.leave();
    }
    await eventually(() => [...written.values()].length === 12 && Math.min(...written.values()) > 10);
    over = true;
    await Promise.all(load);
  });

  it("begins again where it was interrupted, from a copy that is whole", async () => {
    const [a] = (await on.ring(1)) as [ChordNet];
    let attempts = 0;
    const store = new Store(a, (own) => ({
      give: async function* (range) {
        attempts += 1;
        let sent = 0;
        for await (const part of own.give(range)) {
          yield part;
          sent += part.length;
          if (attempts <= 3 && sent > attempts * 100) throw new Error(`the disk stutters after ${sent}`);
        }
      },
    }));
    await append(a, "1");
    const b = on.node("b");
    new Store(b);
    await b.join("memory://a");
    expect(attempts).toBe(4);
    expect(await append(a, "2")).toEqual(all("12"));
    await eventually(() => store.log.length > 0);
    expect(store.log).toEqual(["given to memory://b"]);
  });

  it("goes on without, after its time: what hangs holds up neither join nor requests for ever", async () => {
    const [a] = (await on.ring(1)) as [ChordNet];
    new Store(a, () => ({
      give: async function* () {
        await new Promise(() => undefined);
        yield bytes("never");
      },
    }));
    await append(a, "1");
    const b = on.node("b");
    const store = new Store(b, () => ({ timeoutMs: 300 }));
    await b.join("memory://a");
    const key = keys.find((each) => b.owns(each)) as string;
    expect(text(await a.request(key, bytes("2")))).toBe("2");
    expect(store.log).toEqual([]);
  });

  it("that a node is closed in is told of in order: first that it joined", async () => {
    const [a] = (await on.ring(1)) as [ChordNet];
    new Store(a);
    const b = on.node("b");
    let taking = (): void => undefined;
    const taken = new Promise<void>((resolve) => (taking = resolve));
    new Store(b, () => ({
      take: () => {
        taking();
        return new Promise(() => undefined);
      },
    }));
    const told: string[] = [];
    for (const event of ["joined", "rangeGained", "left"] as const) b.on(event, () => void told.push(event));
    const joining = code(() => b.join("memory://a"));
    await taken;
    await b.close();
    expect(await joining).toBe("CLOSED");
    await settled();
    expect(told).toEqual(["joined", "rangeGained", "left"]);
  });

  it("waits for nobody who keeps nothing, nor for the dead", async () => {
    const [a] = (await on.ring(1)) as [ChordNet];
    const b = on.node("b");
    const [ofA, ofB] = [a, b].map((node) => {
      node.onRequest(() => bytes("!"));
      return node;
    }) as [ChordNet, ChordNet];
    const log: string[] = [];
    const hanging: Handover = {
      give: async function* ({ signal }) {
        yield bytes("a part");
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        log.push("nobody waits for it");
      },
      take: async ({ chunks }) => {
        for await (const chunk of chunks) {
          log.push(text(chunk));
          on.network.crash("a");
        }
      },
      timeoutMs: 60_000,
    };
    ofB.onHandover(hanging);
    await b.join("memory://a");
    expect(log).toEqual([]);
    await b.close();
    await eventually(() => keys.every((key) => a.owns(key)));
    const c = on.node("c");
    c.onHandover(hanging);
    ofA.onHandover(hanging);
    await c.join("memory://a");
    expect(log[0]).toBe("a part");
    await eventually(() => log.length === 2);
  });

  it("does not hold those who give up, and does nothing for them once it is there", async () => {
    const [a, b] = [on.node("a"), on.node("b")];
    let finish: () => void = () => undefined;
    const hanging = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const give = async function* (): AsyncIterable<Uint8Array> {
      yield bytes("[]");
    };
    a.onHandover({ give, take: () => hanging, timeoutMs: 30_000 });
    new Store(b);
    const handled: string[] = [];
    a.onRequest(({ bytes: asked }) => {
      handled.push(text(asked));
      return asked;
    });
    await a.create();
    await b.join("memory://a");
    const client = await on.client("memory://a");
    const owned = (): string | undefined => keys.find((each) => b.owns(each));
    await eventually(() => owned() !== undefined);
    const key = owned() as string;
    await eventually(() => keys.some((each) => a.owns(each)));
    const kept = keys.find((each) => a.owns(each)) as string;
    const leaving = b.leave();
    await eventually(() => a.owns(key));
    const timeoutMs = 100;
    const hold = (): Promise<number> => a.withOwnership(key, () => handled.push("held"), { timeoutMs });
    expect(await code(hold)).toBe("TIMEOUT");
    for (const asker of [a, client]) {
      expect(await code(() => asker.request(key, bytes("too late"), { timeoutMs }))).toBe("TIMEOUT");
    }
    // It comes behind what the client said of the other.
    expect(text(await client.request(kept, bytes("kept")))).toBe("kept");
    finish();
    expect(await leaving).toEqual({ handedOver: true });
    expect(text(await client.request(key, bytes("in time")))).toBe("in time");
    expect(handled).toEqual(["kept", "in time"]);
  });

  it("is given when the handlers of its keys have ended, and not before", async () => {
    const [a] = (await on.ring(1)) as [ChordNet];
    const kept = new Map<string, string>();
    new Store(a, () => ({
      timeoutMs: 400,
      give: async function* ({ has }) {
        yield bytes(JSON.stringify([...kept].filter(([key]) => has(key))));
      },
    }));
    const slow = keys.map((key) =>
      a.withOwnership(key, async ({ signal }) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        // Long enough for the newcomer to ask.
        for (let turns = 0; turns < 50; turns += 1) await settled();
        kept.set(key, "finished");
      }),
    );
    const b = on.node("b");
    const taken = new Store(b);
    await b.join("memory://a");
    const owned = keys.filter((key) => b.owns(key));
    expect(owned.length).toBeGreaterThan(0);
    expect(owned.map((key) => taken.values.get(key))).toEqual(owned.map(() => "finished"));
    await a.close();
    await Promise.all(slow);
  });

  it("brings together what two sides kept, when rings that grew apart meet", {
    timeout: 30_000,
  }, async () => {
    const nodes = ["a", "b", "c"].map((name) => on.node(name)) as [ChordNet, ChordNet, ChordNet];
    const [a, b, c] = nodes;
    for (const node of nodes) {
      new Store(node, () => ({
        take: async ({ chunks }) => {
          const parts: Uint8Array[] = [];
          for await (const chunk of chunks) parts.push(chunk);
          for (const [key, value] of JSON.parse(text(Buffer.concat(parts))) as [string, string][])
            values(node).set(key, [...new Set([...(values(node).get(key) ?? ""), ...value])].sort().join(""));
        },
      }));
    }
    await a.create();
    await b.join("memory://a");
    await c.join("memory://a");
    await append(a, "1");
    on.network.cut("c");
    await eventually(() => keys.every((key) => c.owns(key) && (a.owns(key) || b.owns(key))));
    expect((await append(a, "2")).length + (await append(c, "3")).length).toBe(2 * keys.length);
    on.network.heal();
    await eventually(async () => {
      const held = await append(a, "", 2_000).catch(() => []);
      return held.length > 0 && held.every((value) => value.includes("2") && value.includes("3"));
    }, 20_000);
  });

  it("is one, of functions", async () => {
    const [a] = (await on.ring(1)) as [ChordNet];
    const handover: Handover = { give: () => a.stream("x", bytes("")), take: async () => undefined };
    for (const wrong of [
      { ...handover, give: 1 },
      { ...handover, given: 1 },
      { ...handover, timeoutMs: 0 },
    ])
      expect(await code(() => a.onHandover(wrong as never))).toBe("BAD_OPTION");
    const stop = a.onHandover(handover);
    expect(await code(() => a.onHandover(handover))).toBe("BAD_OPTION");
    stop();
    a.onHandover(handover);
  });
});
