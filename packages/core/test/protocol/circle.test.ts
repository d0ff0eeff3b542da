import { describe, expect, it } from "vitest";
import type { Circle } from "../../src/message.js";
import type { Ownership } from "../../src/ownership.js";
import { claim } from "../../src/ownership.js";
import type { NodeState } from "../../src/state.js";
import { at, beneath, hears, member, range, report, sent, tick } from "../small-ring.js";

/** Nobody has a lease: a message that comes back round the ring proves that the tokens tile it. */
function lapsed(change: Partial<Ownership> = {}): NodeState {
  const before = beneath(report(0x10, range(0x30, 0x10, 4)));
  const pointers = { successors: [at(0x30)] };
  return member(0x20, 0x10, { pointers, ownership: { before, leaseUntil: 0, announced: null, ...change } });
}

function circle(change: Partial<Circle> = {}): Circle {
  return { _tag: "Circle", rid: 5, origin: at(0x30), epoch: 4, ...change };
}

const misplaced = { _tag: "Dropped", from: at(0x10).address, message: "Circle", reason: "misplaced" };

describe("a circle", () => {
  it("is begun by one that has been without a lease for an interval", () => {
    const begun = tick(lapsed(), 1000);
    expect(sent(begun.effects, "Circle")).toMatchObject([
      { to: at(0x30).address, message: { origin: at(0x20), epoch: 1 } },
    ]);
    for (const leaseUntil of [1, 2250]) {
      expect(sent(tick(lapsed({ leaseUntil }), 1000).effects, "Circle")).toEqual([]);
    }
  });

  it("is passed on under this node's own epoch, and the sender's silence counts from now", () => {
    const passed = hears(lapsed(), 900, at(0x10), circle());
    expect(sent(passed.effects, "Circle")).toMatchObject([
      { to: at(0x30).address, message: { rid: 5, origin: at(0x30), epoch: 1 } },
    ]);
    expect(passed.node.ownership.before?.lastAt).toBe(900);
  });

  it("is not passed on where the sender's token is not the one beneath, or not as it was known", () => {
    expect(hears(lapsed(), 900, at(0x10), circle({ epoch: 5 })).effects).toEqual([misplaced]);
    expect(hears(lapsed({ before: null }), 900, at(0x10), circle()).effects).toEqual([misplaced]);
    expect(sent(hears(lapsed(), 900, at(0x0c), circle()).effects, "Circle")).toEqual([]);
    expect(sent(hears(lapsed(), 900, at(0x10, 2), circle()).effects, "Circle")).toEqual([]);
  });

  it("is not passed on for one that was handed its token, and has not shown that it took just that", () => {
    const handed = beneath(report(0x10, range(0x30, 0x10, 4), true));
    expect(hears(lapsed({ before: handed }), 900, at(0x10), circle()).effects).toEqual([misplaced]);
  });

  it("whose origin is gone goes round once", () => {
    const passed = hears(lapsed(), 900, at(0x10), circle());
    const again = hears(passed.node, 950, at(0x10), circle());
    expect(again.effects).toEqual([{ ...misplaced, reason: "stale" }]);
    expect(sent(hears(again.node, 960, at(0x10), circle({ rid: 6 })).effects, "Circle")).toHaveLength(1);
  });
});

describe("the origin of a circle", () => {
  const begun = tick(lapsed(), 1000);

  it("does not give it up for another while it may come back in time", () => {
    const circlesAt = (ms: number): number => {
      const { timers, ownership } = begun.node;
      const waiting = { ...begun.node, timers: { ...timers, at: ms - 100, wall: ms - 100, stabilizeAt: ms } };
      const soon = {
        ...waiting,
        ownership: { ...ownership, before: beneath(report(0x10, range(0x30, 0x10, 4)), [], { lastAt: ms }) },
      };
      return sent(tick(soon, ms).effects, "Circle").length;
    };
    expect(circlesAt(1000 + 2249)).toBe(0);
    expect(circlesAt(1000 + 2250)).toBe(1);
  });
  const rid = sent(begun.effects, "Circle")[0]?.message.rid as number;
  const own = circle({ rid, origin: at(0x20) });

  it("claims when it comes back, for a lease from when it was sent", () => {
    const closed = hears(begun.node, 1200, at(0x10), own).node;
    expect(claim(closed, 1200)?.token).toEqual(range(0x10, 0x20, 1));
    expect(claim(closed, 3249)).not.toBe(null);
    expect(claim(closed, 3250)).toBe(null);
  });

  it("claims nothing by another circle, or once its token has changed", () => {
    expect(claim(hears(begun.node, 1200, at(0x10), { ...own, rid: rid + 1 }).node, 1200)).toBe(null);
    const grown = { ...begun.node, ownership: { ...begun.node.ownership, token: range(0x10, 0x20, 9) } };
    expect(claim(hears(grown, 1200, at(0x10), own).node, 1200)).toBe(null);
  });

  it("claims nothing by one that comes back after that lease would have ended", () => {
    const { circle: sentAt } = begun.node.ownership;
    const late = {
      ...begun.node,
      ownership: { ...begun.node.ownership, circle: sentAt && { ...sentAt, startedAt: -1050 } },
    };
    expect(claim(hears(late, 1200, at(0x10), own).node, 1200)).toBe(null);
  });
});
