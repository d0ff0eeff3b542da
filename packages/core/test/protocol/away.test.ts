import { describe, expect, it } from "vitest";
import type { Event } from "../../src/event.js";
import { claim } from "../../src/ownership.js";
import { step } from "../../src/step.js";
import {
  answer,
  at,
  beneath,
  granted,
  hears,
  member,
  range,
  report,
  sent,
  startOf,
  tick,
} from "../small-ring.js";

/** A process that was stopped: longer than an interval and a quarter and half a lease, 2,375 ms. */
const node = member(0x20, 0x10, {
  pointers: { successors: [at(0x30)] },
  ownership: {
    leaseUntil: 9000,
    before: beneath(report(0x10, range(0x08, 0x10, 1)), [], { lastAt: 100 }),
  },
});

function wake(at: number, wall: number): ReturnType<typeof step> {
  const event: Event = { _tag: "Ticked", at, wall };
  return step(node, event);
}

describe("one that was away", () => {
  it("claims nothing on waking, until its heir has answered", () => {
    const [woken, effects] = wake(2376, 2376);
    expect(claim(woken, 2376)).toBe(null);
    const rid = sent(effects, "Ask")[0]?.message.rid as number;
    expect(claim(hears(woken, 2386, at(0x30), answer(rid, granted(2250))).node, 2386)).not.toBe(null);
  });

  it("argues from nobody's silence before", () => {
    const [woken] = wake(9000, 9000);
    expect(startOf(woken)).toBe(0x10);
    expect(woken.ownership.before?.lastAt).toBe(9000);
  });

  it("suspects nobody for not having answered meanwhile", () => {
    const asked = tick(node, 1000);
    const woken = tick(asked.node, 8000);
    expect(woken.node.pointers.successors).toEqual([at(0x30)]);
    expect(
      woken.effects.some((effect) => effect._tag === "Announced" && effect.change._tag === "PeerEvicted"),
    ).toBe(false);
  });

  it("notices by either clock: the machine may have slept, and its monotonic clock with it", () => {
    expect(claim(wake(500, 500 + 1125)[0], 500)).not.toBe(null);
    expect(claim(wake(500, 500 + 1126)[0], 500)).toBe(null);
    expect(claim(wake(500, 500 - 1126)[0], 500)).toBe(null);
  });

  it("asks whom it took for dead by silence, before it owns the whole ring again", () => {
    const alone = member(0x20, 0x20, {
      pointers: { predecessor: null },
      ownership: { leaseUntil: Number.POSITIVE_INFINITY },
    });
    const remembering = (standing: "silent" | "refused"): typeof alone => {
      const other = { peer: at(0x30), standing, askAt: 1e9, tries: 4, seed: false };
      return { ...alone, remembered: [other] };
    };
    expect(claim(tick(remembering("refused"), 9000).node, 9000)).not.toBe(null);
    const doubtful = tick(remembering("silent"), 9000);
    expect(claim(doubtful.node, 9000)).toBe(null);
    const asking = tick(doubtful.node, 10_000);
    expect(sent(asking.effects, "Introduce").map(({ to }) => to)).toEqual([at(0x30).address]);
    const inVain = asking.node.remembered.map((entry) => ({
      ...entry,
      standing: "silent" as const,
      tries: 4,
    }));
    const claimAt = (ms: number) => {
      const timers = { ...asking.node.timers, at: ms - 100, wall: ms - 100 };
      return claim(tick({ ...asking.node, remembered: inVain, timers }, ms).node, ms);
    };
    expect(claimAt(14_512)).toBe(null);
    expect(claimAt(14_513)).not.toBe(null);
  });

  it("was not away for being a little late", () => {
    expect(claim(wake(2375, 2375)[0], 2375)).not.toBe(null);
  });

  it("notices at whatever happens first, before it answers", () => {
    const find = { _tag: "Find", rid: 9, target: at(0x18).id, origin: at(0x05), hops: 1 } as const;
    expect(sent(hears(node, 2375, at(0x10), find).effects, "Found")).toHaveLength(1);
    expect(sent(hears(node, 2376, at(0x10), find).effects, "Found")).toEqual([]);
  });
});
