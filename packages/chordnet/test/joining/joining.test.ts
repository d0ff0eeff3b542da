import { defaultLeaseMs, defaultRing, ownDialect } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { encodeHello, usualFrameBytesMax } from "../../src/hello.js";
import { systemClock } from "../../src/ports.js";
import { code, eventually, failure, intervalMs, rings } from "../rings.js";

describe("joining", () => {
  const on = rings();

  it("waits for a seed that is no member yet", async () => {
    const a = on.node("a");
    const b = on.node("b");
    const joining = b.join("memory://a");
    await eventually(() => b.phase === "joining");
    await a.create();
    await joining;
    expect(b.phase).toBe("member");
  });

  it("tells of each seed's trouble once, and at the deadline of all", async () => {
    const a = on.node("a");
    const told: string[] = [];
    a.on("seedFailed", ({ seed, reason }) => told.push(`${seed} ${reason}`));
    const error = await failure(() => a.join(["memory://x", "memory://y"], { timeoutMs: 500 }));
    expect(error).toMatchObject({
      code: "NO_SEED",
      message: expect.stringContaining("memory://y: nothing listens there"),
    });
    expect(told.sort()).toEqual(["memory://x refused", "memory://y refused"]);
  });

  it("goes on for ever where it is told to, and not for the day that other deadlines last", async () => {
    const waitsMs: number[] = [];
    const clock = {
      ...systemClock,
      after: (ms: number, wake: () => void) => {
        waitsMs.push(ms);
        return systemClock.after(ms, wake);
      },
    };
    await on.node("b").create();
    await on.node("a", { clock }).join("memory://b", { timeoutMs: Number.POSITIVE_INFINITY });
    await on.node("c", { clock }).joinOrCreate("memory://b", { timeoutMs: 3 * 86_400_000 });
    const days = waitsMs.filter((ms) => ms > 60_000).map((ms) => Math.round(ms / 86_400_000));
    expect(new Set(days)).toEqual(new Set([3]));
  });

  it("comes back at an address whose former life had a later clock", async () => {
    const [a] = await on.ring(1);
    const late = { ...systemClock, wall: () => Date.now() + 3_600_000 };
    const before = on.node("b", { clock: late });
    await before.join("memory://a");
    const formerly = before.status().incarnation ?? 0;
    await before.close();
    const after = on.node("b");
    await after.join("memory://a");
    expect(after.status().incarnation).toBeGreaterThan(formerly);
    await eventually(async () => (await a?.lookup({ id: after.id }))?.address === "memory://b");
  });

  it("adopts the ring that another founded, where it had to make do with its own parameters", async () => {
    const seeds = ["memory://a", "memory://b"];
    const b = on.node("b", { intervalMs: undefined });
    const joining = b.joinOrCreate(seeds);
    await eventually(() => b.status().ring !== null);
    const a = on.node("a", { bits: 20 });
    await a.create();
    await joining;
    expect(b.status().ring).toEqual(a.status().ring);
    expect(b.id).toHaveLength(5);
  });

  it("refuses nobody's second attempt to found alone", async () => {
    const a = on.node("a");
    await a.joinOrCreate("memory://a", { timeoutMs: 40 * intervalMs });
    expect(a.owns("x")).toBe(true);
    expect(await code(() => on.node("z").join("memory://z"))).toBe("SELF_JOIN");
  });

  it("says so where the id is taken", async () => {
    const names = ["a", "b", "c", "d"];
    const nodes = names.map((name) => on.node(name, { bits: 1 }));
    await nodes[0]?.create();
    const codes: string[] = [];
    for (const node of nodes.slice(1))
      codes.push(
        await node.join("memory://a").then(
          () => "in",
          ({ code }) => code,
        ),
      );
    // There is room for two.
    expect(codes.filter((each) => each === "in").length).toBeLessThanOrEqual(1);
    expect(codes.filter((each) => each === "ID_TAKEN").length).toBeGreaterThanOrEqual(2);
  });
});

describe("joining with a seed that errs or lies", () => {
  const on = rings();
  const ring = { ...defaultRing, intervalMs, leaseMs: defaultLeaseMs(intervalMs) };

  /** Says that it is a member, and refuses everybody who comes for more than its hello. */
  const refuser = async (name: string, code: string, detail: () => string): Promise<() => number> => {
    let asked = 0;
    const endpoint = await on.network.transport({ name }).open({
      incarnation: 1,
      describe: () =>
        encodeHello({
          ...{ ring, member: true, virtualNodes: 1, dialect: ownDialect },
          frameBytesMax: usualFrameBytesMax,
        }),
      versions: [1, 1],
      judge: () => {
        asked += 1;
        return { code, detail: detail() };
      },
      onEvent: () => undefined,
    });
    on.closing(endpoint);
    return () => asked;
  };

  for (const detail of ["", "x", "1", "1e300", "0x7fffffffffffff", String(Number.MAX_SAFE_INTEGER)]) {
    it(`does not believe in a later life ${detail === "" ? "without a number" : detail}`, async () => {
      await refuser("liar", "stale-incarnation", () => detail);
      const a = on.node("a");
      await a.create();
      const b = on.node("b");
      await b.join(["memory://liar", "memory://a"]);
      expect(b.phase).toBe("member");
    });
  }

  it("begins anew three times at most", async () => {
    let later = 2 ** 52;
    const asked = await refuser("liar", "stale-incarnation", () => {
      later += 1_000;
      return String(later);
    });
    const a = on.node("a");
    await a.create();
    await on.node("b").join(["memory://liar", "memory://a"]);
    expect(asked()).toBeGreaterThanOrEqual(4);
  });

  for (const code of ["address-taken", "address-unreachable", "of-later-versions"]) {
    it(`goes on to the next seed where one says ${code}`, async () => {
      const asked = await refuser("liar", code, () => "it says");
      const a = on.node("a");
      await a.create();
      const b = on.node("b");
      await b.join(["memory://liar", "memory://a"]);
      expect(asked()).toBeGreaterThan(0);
      expect(b.status().ring).toEqual(a.status().ring);
    });
  }

  it("ends where all that answer agree, and names the last reason of each otherwise", async () => {
    await refuser("x", "address-unreachable", () => "it says");
    await refuser("y", "address-unreachable", () => "it says");
    await refuser("z", "of-later-versions", () => "");
    expect(await code(() => on.node("b").join(["memory://x", "memory://y", "memory://nobody"]))).toBe(
      "ADDRESS_UNREACHABLE",
    );
    const error = await failure(() => on.node("c").join(["memory://x", "memory://z"], { timeoutMs: 1_000 }));
    expect(error).toMatchObject({
      code: "NO_SEED",
      message: expect.stringContaining("memory://z: turned away: of-later-versions"),
    });
    expect(error.message).toContain("memory://x: turned away: address-unreachable, it says");
  });
});
