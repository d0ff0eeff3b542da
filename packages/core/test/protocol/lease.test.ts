import { describe, expect, it } from "vitest";
import { claim } from "../../src/ownership.js";
import type { Peer } from "../../src/peer.js";
import type { NodeState } from "../../src/state.js";
import type { Stepped } from "../small-ring.js";
import {
  answer,
  ask,
  at,
  beneath,
  granted,
  hears,
  member,
  range,
  report,
  sent,
  tick,
  verdict,
} from "../small-ring.js";

const before = beneath(report(0x10, range(0x08, 0x10, 1)));
const heir = member(0x20, 0x10, { pointers: { successors: [at(0x30)] }, ownership: { before } });

function asked(timeMs: number): Stepped & { readonly rid: number } {
  const stepped = tick(heir, timeMs);
  return { ...stepped, rid: sent(stepped.effects, "Ask")[0]?.message.rid as number };
}

describe("a lease", () => {
  it("is as long as the heir's own has left, and an interval: one lapse does not bring down the whole ring", () => {
    const token = range(0x08, 0x10, 1);
    for (const [timeMs, leaseMs] of [
      [1000, 2250],
      [1001, 2249],
      [2000, 1250],
      [2300, 950],
    ] as const) {
      expect(verdict(hears(heir, timeMs, at(0x10), ask(token)).effects)).toEqual(granted(leaseMs));
    }
  });

  it("is not granted by one whose own heir does not know its token yet: that one only takes note", () => {
    const grown = member(0x20, 0x10, { ownership: { before, token: range(0x10, 0x20, 5) } });
    const heard = hears(grown, 10, at(0x10), ask(range(0x04, 0x10, 2)));
    expect(verdict(heard.effects)).toEqual(granted(0));
    expect(heard.node.ownership.before?.report.token).toEqual(range(0x04, 0x10, 2));
  });

  it("is not even acknowledged by one that has had none itself for an interval: the asker's heir may be another", () => {
    const lapsed = member(0x20, 0x10, { ownership: { before, leaseUntil: 0 } });
    expect(verdict(hears(lapsed, 900, at(0x10), ask(range(0x0c, 0x10, 2))).effects)).toEqual(granted(100));
    const late = hears(lapsed, 1000, at(0x10), ask(range(0x0c, 0x10, 2)));
    expect(verdict(late.effects)).toEqual({ _tag: "Wait", soon: true });
  });

  it("runs from when it was asked for, not from when the answer came", () => {
    const { node, rid } = asked(1000);
    const later = hears(node, 1400, at(0x30), answer(rid, granted(2250))).node;
    expect(claim(later, 3249)).not.toBe(null);
    expect(claim(later, 3250)).toBe(null);
  });

  it("that comes when it has already run out is worth nothing", () => {
    const { node, rid } = asked(1000);
    const late = hears(node, 2300, at(0x30), answer(rid, granted(1300))).node;
    expect(claim(late, 2300)).toBe(null);
  });

  it("is never longer than the ring's, whatever the heir says", () => {
    const { node, rid } = asked(1000);
    expect(hears(node, 1010, at(0x30), answer(rid, granted(60_000))).node.ownership.leaseUntil).toBe(3250);
  });

  it("for what was held when it was asked for: of a token that has grown since, only that much is claimed", () => {
    const { node, rid } = asked(1000);
    const grown = {
      ...node,
      ownership: { ...node.ownership, token: range(0x08, 0x20, 9), before: null },
    };
    const heard = hears(grown, 1010, at(0x30), answer(rid, granted(2250))).node;
    expect(claim(heard, 1010)?.token.length).toBe(range(0x10, 0x20, 1).length);
    expect(claim(heard, 1010)?.token.epoch).toBe(1);
  });

  it("that was asked for in an earlier term does not count", () => {
    const { node, rid } = asked(1000);
    const other = { ...node, ownership: { ...node.ownership, term: 1 } };
    expect(hears(other, 1010, at(0x30), answer(rid, granted(2250))).node.ownership.leaseUntil).toBe(2250);
  });
});

describe("a virtual node that is heir of another of its process", () => {
  const sibling = { ...at(0x10), address: "memory://20#10" };
  const shrunk = range(0x0c, 0x10, 2);
  const among = (successor: Peer): NodeState =>
    member(0x20, 0x10, {
      pointers: { successors: [successor] },
      ownership: { before: beneath({ peer: sibling, token: range(0x08, 0x10, 1), handed: false }) },
    });

  it("acknowledges a change when its own heir knows of it: both die together", () => {
    const told = hears(among(at(0x30)), 10, sibling, ask(shrunk));
    expect(verdict(told.effects)).toEqual({ _tag: "Wait", soon: true });
    const [passedOn] = sent(told.effects, "Ask");
    expect(passedOn).toMatchObject({ to: at(0x30).address, message: { beneath: [{ token: shrunk }] } });
    expect(verdict(hears(told.node, 20, sibling, ask(shrunk)).effects)).toMatchObject({ _tag: "Wait" });
    const rid = passedOn?.message.rid as number;
    const known = hears(told.node, 30, at(0x30), answer(rid, granted(2250))).node;
    expect(verdict(hears(known, 40, sibling, ask(shrunk)).effects)).toEqual(granted(2250));
  });

  it("does so at once where nothing changed, or its process holds the whole ring", () => {
    const same = hears(among(at(0x30)), 10, sibling, ask(range(0x08, 0x10, 1)));
    expect(verdict(same.effects)).toEqual(granted(2250));
    const alone = among({ ...at(0x30), address: "memory://20#30" });
    const others = range(0x20, 0x10, 1).length;
    const heard = (siblingsHold: bigint) => hears({ ...alone, siblingsHold }, 10, sibling, ask(shrunk));
    expect(verdict(heard(others).effects)).toEqual(granted(2250));
    expect(verdict(heard(others - 1n).effects)).toEqual({ _tag: "Wait", soon: true });
  });
});
