import { describe, expect, it } from "vitest";
import { claim } from "../../src/ownership.js";
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
  startOf,
  tick,
  verdict,
} from "../small-ring.js";

/** Tokens of two rings that meet tile again by shrinking: two chains are merged as two sorted lists are. */

describe("a node that finds a leased member of another ring inside its token", () => {
  const under = report(0x08, range(0x00, 0x08, 1));
  const giver = member(0x20, 0x08, {
    pointers: { successors: [at(0x30)] },
    ownership: { before: beneath(under) },
  });
  const theirs = report(0x14, range(0x04, 0x14, 5));
  const asks = ask(range(0x14, 0x18, 6), { rid: 77, beneath: [theirs] });

  it("hands it no more than it has, and the rest to who lies beneath it, above all that both know", () => {
    const begun = hears(giver, 10, at(0x18), asks);
    const rid = sent(begun.effects, "Ask")[0]?.message.rid as number;
    const done = hears(begun.node, 20, at(0x30), answer(rid, granted(2250)));
    expect(verdict(done.effects)).toMatchObject({
      _tag: "Handed",
      token: { length: 4n },
      beneath: [{ peer: at(0x14), token: { length: 12n }, handed: true }],
    });
    expect(startOf(done.node)).toBe(0x18);
    expect(done.node.ownership.before?.report.token.epoch).toBeGreaterThan(6);
    expect(done.effects).toContainEqual(
      expect.objectContaining({ change: expect.objectContaining({ _tag: "RangeLost", reason: "merge" }) }),
    );
  });

  it("hands it nothing while it has no lease itself", () => {
    const lapsed = { ...giver, ownership: { ...giver.ownership, leaseUntil: 0 } };
    const said = (unleasedMs: number) =>
      verdict(hears(lapsed, 10, at(0x18), { ...asks, unleasedMs }).effects);
    expect(said(0)).toEqual({ _tag: "Wait", soon: true });
    // Within an interval somebody else may be about to serve it.
    expect(said(1000)).toEqual({ _tag: "Wait", soon: true });
    expect(said(1001)).toMatchObject({ _tag: "Handed" });
  });
});

describe("a leased node that is handed a token by another ring", () => {
  const own = report(0x08, range(0x00, 0x08, 1));

  /** Node 20, leased on (08, 20], is handed (start, 20] with `lies` beneath. */
  function handed(start: number, lies: ReturnType<typeof report>): Stepped {
    const pointers = { successors: [at(0x30)] };
    const asked = tick(member(0x20, 0x08, { pointers, ownership: { before: beneath(own) } }), 1000);
    const rid = sent(asked.effects, "Ask")[0]?.message.rid as number;
    const hand = { _tag: "Handed", token: range(start, 0x20, 9), beneath: [lies] } as const;
    return hears(asked.node, 1001, at(0x30), answer(rid, hand));
  }

  it("shrinks to it, goes on claiming that, and hands what it gives up to who lies beneath", () => {
    const taken = handed(0x10, report(0x10, range(0x0c, 0x10, 4)));
    expect(startOf(taken.node)).toBe(0x10);
    expect(claim(taken.node, 1001)?.token).toEqual({ epoch: 1, length: 16n });
    const { before } = taken.node.ownership;
    expect(before).toMatchObject({ report: { peer: at(0x10), token: { length: 8n }, handed: true } });
    expect(before?.beneath).toEqual([own]);
    expect(before?.report.token.epoch).toBeGreaterThan(9);
  });

  it("takes the later epoch where it is as long as its own, and keeps its chain", () => {
    const taken = handed(0x08, report(0x08, range(0x00, 0x08, 1)));
    expect(startOf(taken.node)).toBe(0x08);
    expect(taken.node.ownership.token?.epoch).toBe(9);
    expect(taken.node.ownership.before).toEqual(beneath(own));
  });

  it("hands a part that it had promised to a newcomer on in the same way: its old heir may never acknowledge it", () => {
    const pointers = { successors: [at(0x30)] };
    const begun = hears(
      member(0x20, 0x08, { pointers, ownership: { before: beneath(own) } }),
      1000,
      at(0x10),
      ask(null),
    );
    const [asked] = sent(begun.effects, "Ask");
    const epoch = (asked?.message.token?.epoch ?? 0) + 1;
    const lies = [report(0x10, range(0x0c, 0x10, 4))];
    const hand = { _tag: "Handed", token: { ...range(0x10, 0x20, 0), epoch }, beneath: lies } as const;
    const taken = hears(begun.node, 1001, at(0x30), answer(asked?.message.rid as number, hand));
    expect(taken.node.ownership).toMatchObject({ split: null, token: { epoch, length: 16n } });
    expect(taken.node.ownership.before?.report).toMatchObject({
      peer: at(0x10),
      token: { length: 8n },
      handed: true,
    });
  });

  it("takes none that is longer: somebody else is leased there", () => {
    const taken = handed(0x04, report(0x04, range(0x00, 0x04, 1)));
    expect(taken.node.ownership.token).toEqual(range(0x08, 0x20, 1));
  });
});
