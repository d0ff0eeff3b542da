import { describe, expect, it } from "vitest";
import type { ChordNet, Held } from "../src/index.js";
import { isChordNetError } from "../src/index.js";
import { systemClock } from "../src/ports.js";
import { FakeClock, settled } from "./fake-clock.js";
import { code, eventually, failure, intervalMs, rings } from "./rings.js";

const keys = Array.from({ length: 40 }, (_, i) => `key ${i}`);

async function ownedBy(node: ChordNet): Promise<string> {
  const owned = (): string | undefined => keys.find((key) => node.owns(key));
  await eventually(() => owned() !== undefined);
  return owned() as string;
}

/** Resolves with the signal's reason. */
function aborted({ signal }: Held): Promise<unknown> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(signal.reason), { once: true });
  });
}

describe("withOwnership", () => {
  const on = rings();

  it("runs on the owner, and nowhere else", async () => {
    const nodes = await on.ring(3);
    for (const key of keys) {
      await eventually(() => nodes.some((node) => node.owns(key)));
      for (const node of nodes) {
        const { address, epoch, self } = await node.lookup(key);
        const run = (): Promise<number> => node.withOwnership(key, (held) => held.epoch);
        if (self) expect(await run()).toBe(epoch);
        else expect(await failure(run)).toMatchObject({ code: "NOT_OWNER", data: { owner: address } });
      }
    }
  });

  it("runs nowhere while fewer members are seen than there must be", async () => {
    const options = { minMembers: 2, timeoutMs: 4 * intervalMs };
    const a = on.node("a", options);
    await a.create();
    const tooFew = { code: "NO_OWNER", data: { last: "too-few-members" } };
    expect(await failure(() => a.withOwnership("x", () => 1))).toMatchObject(tooFew);
    expect(await failure(() => a.request("x", new Uint8Array(0)))).toMatchObject(tooFew);
    expect([a.owns("x"), a.ranges()]).toEqual([false, []]);
    expect(await failure(() => a.store.put("x", new Uint8Array(1)))).toMatchObject(tooFew);
    const client = await on.client("memory://a");
    const timeoutMs = 10 * intervalMs;
    for (const ask of [
      () => client.store.put("x", new Uint8Array(1), { timeoutMs }),
      () => client.request("x", new Uint8Array(1), { timeoutMs }),
    ])
      expect(await failure(ask)).toMatchObject(tooFew);
    expect(a.status().nodes.map(({ tooFewMembers }) => tooFewMembers)).toEqual([true]);

    const b = on.node("b", options);
    await b.join("memory://a");
    for (const node of [a, b]) {
      const { address } = await node.lookup(await ownedBy(node));
      expect(address).toBe(node.address);
      expect(node.status().nodes[0]?.tooFewMembers).toBe(false);
    }
    const held = a.withOwnership(await ownedBy(a), aborted);
    on.network.crash("b");
    expect(await held).toMatchObject({ code: "NOT_OWNER" });
    expect(await failure(() => a.lookup("x"))).toMatchObject(tooFew);
  });

  it("runs no longer on a machine that slept, before anything happened there", async () => {
    let slept = 0;
    const clock = { ...systemClock, wall: () => Date.now() + slept };
    const a = on.node("a", { clock });
    await a.create();
    const b = on.node("b");
    await b.join("memory://a");
    const key = await ownedBy(a);
    await eventually(() => a.owns(key));
    const view = (): unknown => [a.owns(key), a.ranges().length, a.status().nodes[0]?.claim === null];
    expect(view()).toEqual([true, 1, false]);
    slept += 100 * intervalMs;
    expect(view()).toEqual([false, 0, true]);
    await eventually(() => a.owns(key));
  });

  it("gives what it gives, and throws what it throws", async () => {
    const [a] = (await on.ring(1)) as [ChordNet];
    expect(await a.withOwnership("x", async () => "done")).toBe("done");
    const run = a.withOwnership("x", () => {
      throw new RangeError("mine");
    });
    await expect(run).rejects.toThrow(RangeError);
    expect(await code(() => on.node("idle").withOwnership("x", () => 1))).toBe("NOT_MEMBER");
    expect(await code(() => a.withOwnership("x", "y" as never))).toBe("BAD_OPTION");
  });

  it("aborts when the key goes to a newcomer", async () => {
    const [a] = (await on.ring(1)) as [ChordNet];
    const ends = keys.map((key) =>
      a.withOwnership(key, async (held) => isChordNetError(await aborted(held), "NOT_OWNER")),
    );
    const b = on.node("b");
    await b.join("memory://a");
    const told = await Promise.all(
      ends.map((end, i) => (b.owns(keys[i] as string) ? end : Promise.resolve("kept"))),
    );
    expect(told).toContain(true);
    expect(told).not.toContain(false);
    await a.close();
    expect(await Promise.all(ends)).not.toContain(false);
  });

  it("aborts when the node leaves, and in time when it is cut off", async () => {
    const [a, b] = (await on.ring(2)) as [ChordNet, ChordNet];
    const ofA = await ownedBy(a);
    const ofB = await ownedBy(b);
    const left = b.withOwnership(ofB, aborted);
    await b.leave();
    expect(await left).toMatchObject({ code: "NOT_OWNER" });
    const c = on.node("c");
    await c.join("memory://a");
    const key = [ofA, ...keys].find((each) => a.owns(each)) as string;
    let over = 0;
    const cut = a.withOwnership(key, async (held) => {
      await aborted(held);
      over = performance.now();
    });
    on.network.cut("a");
    await eventually(() => c.owns(key));
    expect(over).toBeGreaterThan(0);
    expect(over).toBeLessThan(performance.now());
    await cut;
  });

  it("aborts at the end of the lease, when no timer of the ring has fired yet", async () => {
    const clock = new FakeClock();
    const a = on.node("a", { clock });
    const b = on.node("b");
    await b.create();
    const joining = a.join("memory://b");
    await eventually(async () => {
      await clock.advance(10);
      return a.phase === "member";
    });
    await joining;
    const key = keys.find((each) => a.owns(each)) as string;
    const held: Held[] = [];
    void a.withOwnership(key, async (each) => {
      held.push(each);
      await aborted(each);
    });
    const { leaseMs } = a.ranges()[0] as { leaseMs: number };
    on.network.cut("a");
    await clock.advance(leaseMs - 1);
    expect([a.owns(key), held[0]?.signal.aborted]).toEqual([true, false]);
    await clock.advance(1);
    await settled();
    expect([a.owns(key), held[0]?.signal.aborted]).toEqual([false, true]);
    expect(leaseMs).toBeLessThanOrEqual(2.25 * intervalMs);
  });
});
