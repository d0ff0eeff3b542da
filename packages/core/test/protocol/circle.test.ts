import { describe, expect, it } from "vitest";
import type { Ownership } from "../../src/holding.js";
import type { Circle } from "../../src/message.js";
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

  describe("that comes back after that lease would have ended", () => {
    const late = hears(begun.node, 3250, at(0x10), own);
    const promised = { ...own, origin: at(0x30), epoch: 1 };

    it("claims nothing yet, and asks its heir to promise anew", () => {
      expect(claim(late.node, 3250)).toBe(null);
      expect(sent(late.effects, "Circle")).toEqual([{ to: at(0x30).address, message: promised }]);
    });

    it("claims when that one has, for a lease from when it was asked", () => {
      const closed = hears(late.node, 3400, at(0x30), promised).node;
      expect(claim(closed, 3400)?.token).toEqual(range(0x10, 0x20, 1));
      expect([claim(closed, 5499) === null, claim(closed, 5500)]).toEqual([false, null]);
      expect(claim(hears(late.node, 5500, at(0x30), promised).node, 5500)).toBe(null);
    });

    it("claims by nobody else's word, nor by a copy of what came", () => {
      const claimedBy = (node: NodeState, from: number, message: Circle): unknown =>
        claim(hears(node, 3400, at(from), message).node, 3400);
      expect(claimedBy(late.node, 0x10, own)).toBe(null);
      expect(claimedBy(late.node, 0x38, { ...promised, origin: at(0x38) })).toBe(null);
      expect(claimedBy(late.node, 0x30, { ...promised, rid: rid + 1 })).toBe(null);
      expect(claimedBy(begun.node, 0x30, promised)).toBe(null);
    });

    it("waits twice as long for the next", () => {
      const after = (ms: number, { ownership, timers, ...node }: NodeState) => {
        const before = beneath(report(0x10, range(0x30, 0x10, 4)), [], { lastAt: ms });
        const soon = { ...timers, at: ms - 100, wall: ms - 100, stabilizeAt: ms };
        const { pending } = lapsed();
        return tick({ ...node, pending, timers: soon, ownership: { ...ownership, before } }, ms);
      };
      const again = (ms: number, node: NodeState): number => sent(after(ms, node).effects, "Circle").length;
      expect([again(3250 + 2249, late.node), again(3250 + 2250, late.node)]).toEqual([0, 1]);
      const second = after(4000, begun.node).node;
      expect([again(4000 + 4499, second), again(4000 + 4500, second)]).toEqual([0, 1]);
    });
  });
});

describe("the heir of one whose circle came back late", () => {
  const question = circle({ origin: at(0x20) });

  it("promises anew what it promised when it passed it on", () => {
    const passed = hears(lapsed(), 900, at(0x10), circle({ origin: at(0x10) })).node;
    const again = hears(passed, 4000, at(0x10), question);
    expect(again.effects).toContainEqual({ _tag: "Send", to: at(0x10).address, message: question });
    expect(again.node.ownership.before?.lastAt).toBe(4000);
  });

  it("promises nothing of what it never passed on, or of another's", () => {
    const others = hears(lapsed(), 900, at(0x10), circle()).node;
    for (const node of [lapsed(), others])
      expect(sent(hears(node, 1000, at(0x10), question).effects, "Circle")).toEqual([]);
  });
});
