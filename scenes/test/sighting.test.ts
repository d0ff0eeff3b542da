import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import type { RingRow } from "../src/ideal.js";
import { formatId, idOf, ringOrder } from "../src/identifiers.js";
import { watchRing } from "../src/sighting.js";
import type { Guest } from "../src/stage.js";

const ring = ringOrder(["tcp://a", "tcp://b", "tcp://c"]);
const named = (address: string): { id: string; address: string } => ({
  id: formatId(idOf(address)),
  address,
});

function rows(listed: number, claimed = true): ReadonlyArray<RingRow> {
  const at = (i: number): string => ring[(i + 3) % 3] as string;
  return ring.map((address, i) => ({
    ...named(address),
    predecessor: named(at(i - 1)),
    successors: Array.from({ length: listed }, (_, j) => named(at(i + j + 1))),
    claim: claimed ? { from: formatId(idOf(at(i - 1))), to: formatId(idOf(address)) } : null,
  }));
}

/** Tells one walk after the other, the last one for ever. */
function guest(walks: ReadonlyArray<ReadonlyArray<RingRow> | Error>): Guest & { closed: boolean } {
  let turn = 0;
  return {
    closed: false,
    walk() {
      const told = walks[Math.min(turn++, walks.length - 1)] as ReadonlyArray<RingRow> | Error;
      return told instanceof Error ? Promise.reject(told) : Promise.resolve(told);
    },
    lookup: () => Promise.reject(new Error("not asked for")),
    close() {
      this.closed = true;
      return Promise.resolve();
    },
  };
}

const watch = (asked: Guest, ms: number): ReturnType<typeof watchRing> =>
  watchRing({
    connect: () => Promise.resolve(asked),
    via: "tcp://a",
    expected: ring,
    successors: 8,
    until: performance.now() + ms,
  });

describe("watchRing", () => {
  it("tells when it was one ring, and when it was ideal", async () => {
    const asked = guest([new Error("the ring is broken"), rows(1), rows(2, false), rows(2)]);
    const before = performance.now();
    const { ringAt, idealAt, flaw } = await watch(asked, 5_000);
    expect(flaw).toBeNull();
    expect(ringAt).toBeGreaterThan(before);
    expect(idealAt).toBeGreaterThan(ringAt);
    expect(asked.closed).toBe(true);
  });

  it("counts only the ring that lasted", async () => {
    const asked = guest([rows(1), new Error("broken again"), rows(2)]);
    const { ringAt, idealAt } = await watch(asked, 5_000);
    expect(ringAt).toBe(idealAt);
  });

  it("gives up with what was wrong last", async () => {
    const { idealAt, flaw } = await watch(guest([new Error("the ring is broken")]), 150);
    expect(idealAt).toBe(Number.POSITIVE_INFINITY);
    expect(flaw).toBe("the ring is broken");
  });

  it("gives up on a node that takes no clients", async () => {
    const connect = (): Promise<Guest> => Promise.reject(new Error("refused"));
    const until = performance.now() + 150;
    const { flaw } = await watchRing({ connect, via: "tcp://a", expected: ring, successors: 8, until });
    expect(flaw).toBe("tcp://a takes no clients");
  });
});
