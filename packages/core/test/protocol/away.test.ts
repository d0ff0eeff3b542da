import { describe, expect, it } from "vitest";
import type { Event } from "../../src/event.js";
import { claim } from "../../src/ownership.js";
import type { NodeState } from "../../src/state.js";
import { step } from "../../src/step.js";
import {
  answer,
  at,
  beneath,
  granted,
  happens,
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

  it("is leased for less by what it slept, though that was short", () => {
    const leased = { ...node, ownership: { ...node.ownership, leaseUntil: 1700 } };
    const after = (slept: number): NodeState =>
      step(leased, { _tag: "Ticked", at: 500, wall: 500 + slept })[0];
    const leasedFor = (slept: number): number | undefined => claim(after(slept), 500)?.leaseMs;
    expect([62, 63, 1000].map(leasedFor)).toEqual([1200, 1137, 200]);
    expect([claim(after(60_000), 500), after(60_000).ownership.leaseUntil]).toEqual([null, -58_300]);
  });

  it("keeps until when it was leased by its own clock: maybe its calendar was only set", () => {
    const wakeAgain = (state: NodeState, ms: number, wall: number): NodeState =>
      step(state, { _tag: "Ticked", at: ms, wall })[0];
    const set = wakeAgain(node, 500, 60_000);
    const back = wakeAgain(set, 600, 600);
    expect([set, back].map(({ ownership }) => ownership.hungUntil)).toEqual([9000, 9000]);
    const alone = { ...node, ownership: { ...node.ownership, leaseUntil: Number.POSITIVE_INFINITY } };
    expect(wakeAgain(alone, 500, 60_000).ownership.hungUntil).toBe(Number.NEGATIVE_INFINITY);
  });

  it("is granted what it asked for before it slept from then on, by the calendar", () => {
    const asked = tick(node, 1000);
    const rid = sent(asked.effects, "Ask")[0]?.message.rid as number;
    const lapsed = { ...asked.node, ownership: { ...asked.node.ownership, leaseUntil: 1001 } };
    const received = { _tag: "Received", from: at(0x30).address, incarnation: 1, client: false } as const;
    const message = answer(rid, granted(2250));
    const leaseAfter = (slept: number): number | undefined =>
      claim(step(lapsed, { ...received, message, at: 1010, wall: 1010 + slept })[0], 1010)?.leaseMs;
    expect(leaseAfter(0)).toBe(2240);
    expect(leaseAfter(1000)).toBe(1240);
    expect(leaseAfter(2300)).toBe(undefined);
  });

  it("leases nobody what it slept on: another may have taken both ranges", () => {
    const ask = (leftMs: number, slept: number): unknown => {
      const left = { ...node, ownership: { ...node.ownership, leaseUntil: leftMs } };
      const event: Event = {
        ...{ _tag: "Received", from: at(0x10).address, incarnation: 1, client: false },
        message: { _tag: "Ask", rid: 7, token: range(0x08, 0x10, 1), unleasedMs: 0, beneath: [] },
        ...{ at: 500, wall: 500 + slept },
      };
      return sent(step(left, event)[1], "Answer")[0]?.message.verdict;
    };
    expect(ask(2250, 0)).toEqual(granted(2250));
    expect(ask(2250, 60_000)).not.toMatchObject({ _tag: "Granted" });
  });

  it("does not take an answer to a lookup for true longer than it was", () => {
    const asking = happens(node, 500, {
      ...{ _tag: "LookupRequested", operation: 3, target: at(0x28).id },
      ...{ deadline: 1e6, mode: "recursive" },
    });
    const rid = sent(asking.effects, "Find")[0]?.message.rid as number;
    const received = { _tag: "Received", from: at(0x30).address, incarnation: 1, client: false } as const;
    const message = { _tag: "Found", rid, token: range(0x20, 0x30, 1), leaseMs: 900, hops: 1 } as const;
    const settled = (slept: number): number =>
      step(asking.node, { ...received, message, at: 510, wall: 510 + slept })[1].filter(
        ({ _tag }) => _tag === "Settled",
      ).length;
    expect(settled(0)).toBe(1);
    expect(settled(880)).toBe(1);
    expect(settled(900)).toBe(0);
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
