import { describe, expect, it } from "vitest";
import type { Ownership } from "../../src/holding.js";
import type { Report, Verdict } from "../../src/message.js";
import { claim } from "../../src/ownership.js";
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
  small,
  startOf,
  tick,
  verdict,
} from "../small-ring.js";

/** A join is a split: the heir hears first, then the part changes hands. */

const under = report(0x10, range(0x08, 0x10, 1));
const owner = member(0x20, 0x10, {
  pointers: { successors: [at(0x30)] },
  ownership: { before: beneath(under) },
});

/** The owner has been asked by 18, and has asked its heir; `rid` names that question. */
const begun = hears(owner, 10, at(0x18), ask(null, { rid: 77 }));
const [toHeir] = sent(begun.effects, "Ask");
const rid = toHeir?.message.rid as number;

describe("a split", () => {
  it("is told to the heir before anything is handed over", () => {
    expect(verdict(begun.effects)).toBe(null);
    expect(toHeir?.message.token).toMatchObject({ length: 8n });
    expect(toHeir?.message.beneath).toMatchObject([{ peer: at(0x18), token: { length: 8n }, handed: true }]);
    expect(startOf(begun.node)).toBe(0x10);
  });

  it("by one without a lease takes the part out of what its heir acknowledged: it does not come back by that word", () => {
    const unleased = { ...owner, ownership: { ...owner.ownership, leaseUntil: 0 } };
    const asked = tick(unleased, 1000);
    const question = sent(asked.effects, "Ask")[0]?.message.rid as number;
    const part = hears(asked.node, 1010, at(0x18), ask(null)).node;
    const { node } = hears(part, 1020, at(0x30), answer(question, granted(2250)));
    const grown = { ...node, ownership: { ...node.ownership, token: range(0x10, 0x20, 9000) } };
    for (const state of [node, grown]) expect(claim(state, 1020)?.token).toEqual({ epoch: 1, length: 8n });
  });

  it("is done when the heir knows: the part has a later epoch than all before, the rest a later one still", () => {
    const done = hears(begun.node, 20, at(0x30), answer(rid, granted(2250)));
    const handed = verdict(done.effects);
    expect(handed).toMatchObject({ _tag: "Handed", token: { length: 8n }, beneath: [under] });
    expect(startOf(done.node)).toBe(0x18);
    expect(claim(done.node, 20)?.token.length).toBe(8n);
    const epochs = [1, handed?._tag === "Handed" ? handed.token.epoch : 0, done.node.ownership.token?.epoch];
    expect(epochs).toEqual([...epochs].sort((a, b) => Number(a) - Number(b)));
  });

  it("is undone when the heir never answers, under a later epoch than what was promised", () => {
    const undone = tick(begun.node, 10 + 1500);
    expect(undone.node.ownership.split).toBe(null);
    expect(startOf(undone.node)).toBe(0x10);
    expect(undone.node.ownership.token?.epoch).toBeGreaterThan(begun.node.ownership.split?.rest.epoch ?? 1e9);
  });

  it("of another newcomer waits meanwhile", () => {
    expect(verdict(hears(begun.node, 12, at(0x1a), ask(null)).effects)).toEqual({ _tag: "Wait", soon: true });
  });

  it("asked for again goes on, and is answered as the later question", () => {
    const again = hears(begun.node, 12, at(0x18), ask(null, { rid: 78 }));
    const done = hears(again.node, 20, at(0x30), answer(rid, granted(2250)));
    expect(sent(done.effects, "Answer").map(({ message }) => message.rid)).toEqual([78]);
  });

  it("by one that holds the whole ring needs nobody's word", () => {
    const all = { epoch: 1, length: small.space.size };
    const alone = member(0x20, 0x20, {
      pointers: { predecessor: null },
      ownership: { token: all, acknowledged: all, leaseUntil: Number.POSITIVE_INFINITY },
    });
    const split = hears(alone, 10, at(0x18), ask(null));
    expect(verdict(split.effects)).toMatchObject({ _tag: "Handed", token: { length: 56n } });
    expect(split.node.pointers).toMatchObject({ successors: [at(0x18)], predecessor: at(0x18) });
  });

  it("by one that took the whole ring though somebody else lives leaves that one its successor", () => {
    const all = { epoch: 1, length: small.space.size };
    const taker = member(0x20, 0x20, {
      pointers: { successors: [at(0x30)], predecessor: null },
      ownership: { token: all, acknowledged: all, leaseUntil: Number.POSITIVE_INFINITY },
    });
    expect(hears(taker, 10, at(0x18), ask(null)).node.pointers.successors).toEqual([at(0x30)]);
  });
});

describe("what was handed over", () => {
  const done = hears(begun.node, 20, at(0x30), answer(rid, granted(2250))).node;
  const handed = done.ownership.before?.report.token ?? range(0, 0, 0);

  it("is handed again, the same, as long as its taker does not show it", () => {
    const again = hears(done, 30, at(0x18), ask(null));
    expect(verdict(again.effects)).toMatchObject({ _tag: "Handed", token: handed });
  });

  it("is not handed again to one that has shown it: an Ask without a token is an old one, overtaken", () => {
    const shown = hears(done, 30, at(0x18), ask(handed));
    expect(verdict(shown.effects)).toEqual(granted(2250));
    const old = hears(shown.node, 40, at(0x18), ask(null));
    expect(verdict(old.effects)).toEqual({ _tag: "Wait", soon: false });
    expect(old.node.ownership.before?.report.handed).toBe(false);
  });

  it("is handed anew, under a later epoch, to one that has come farther under another", () => {
    const farther = { epoch: handed.epoch + 100, length: 4n };
    const again = verdict(hears(done, 30, at(0x18), ask(farther, { unleasedMs: 1 })).effects);
    expect(again).toMatchObject({ _tag: "Handed", token: { length: handed.length } });
    expect(again?._tag === "Handed" ? again.token.epoch : 0).toBeGreaterThan(farther.epoch);
  });

  it("is not handed again by one without a lease to one that was leased elsewhere since", () => {
    const unleased = { ...done, ownership: { ...done.ownership, leaseUntil: 0 } };
    const theirs = { epoch: handed.epoch + 100, length: 4n };
    const asking = (unleasedMs: number) =>
      verdict(hears(unleased, 30, at(0x18), ask(theirs, { unleasedMs })).effects)?._tag;
    expect([asking(1001), asking(1000)]).toEqual(["Handed", "Wait"]);
  });

  it("keeps the newcomer from being taken for one that is not in the ring, until a lease's time has gone by", () => {
    const successorsAfter = (silentForMs: number) => {
      const { before } = done.ownership;
      const waiting: NodeState = {
        ...done,
        pointers: { ...done.pointers, successors: [at(0x18)] },
        ownership: { ...done.ownership, before: before && { ...before, lastAt: 1101 - silentForMs } },
      };
      const asked = tick(waiting, 1100);
      const question = sent(asked.effects, "Ask").find(({ to }) => to === at(0x18).address);
      expect(question).toBeDefined();
      const refused = { rid: question?.message.rid as number, code: "not-member", detail: "" } as const;
      return hears(asked.node, 1101, at(0x18), { _tag: "Refused", ...refused }).node.pointers.successors;
    };
    expect(successorsAfter(2362)).toEqual([at(0x18)]);
    expect(successorsAfter(2363)).toEqual([]);
  });
});

describe("who is handed a token", () => {
  const hand = { _tag: "Handed", token: range(0x10, 0x18, 9), beneath: [under] } as const;

  /** One that was leased until then, asks, and is handed a token a millisecond later. */
  function handed(
    leaseUntil: number,
    ownership: Partial<Ownership> = {},
    what: Extract<Verdict, { _tag: "Handed" }> = hand,
  ): Stepped {
    const pointers = { successors: [at(0x20)] };
    const asked = tick(member(0x18, 0x14, { pointers, ownership: { leaseUntil, ...ownership } }), 1000);
    const [question] = sent(asked.effects, "Ask");
    return hears(asked.node, 1001, at(0x20), answer(question?.message.rid as number, what));
  }

  it("holds it, claims nothing yet, and asks for its lease at once", () => {
    const taken = handed(0);
    expect(startOf(taken.node)).toBe(0x10);
    expect(claim(taken.node, 1001)).toBe(null);
    expect(sent(taken.effects, "Ask")).toMatchObject([
      { to: at(0x20).address, message: { token: hand.token } },
    ]);
  });

  it("takes none while it has a lease", () => {
    expect(startOf(handed(1002).node)).toBe(0x14);
    expect(startOf(handed(1001).node)).toBe(0x10);
  });

  it("takes none while a lease that it granted itself may still run: an interval longer than its own", () => {
    const before = beneath(under);
    expect(startOf(handed(1002 - 1050, { before }).node)).toBe(0x14);
    expect(startOf(handed(1001 - 1050, { before }).node)).toBe(0x10);
  });

  it("that is its own range anew serves whom it served, and lets no lease run out for it", () => {
    const own = { token: range(0x10, 0x18, 1), leaseUntil: 900, before: beneath(under) };
    const taken = handed(own.leaseUntil, own);
    expect(taken.node.ownership.token).toEqual(hand.token);
    expect(taken.node.ownership.before).toEqual({ ...own.before, lastAt: 1001 });
    // By that it knows later that it has not heard who lies beneath since it had a lease.
    expect(taken.node.ownership.leaseUntil).toBe(own.leaseUntil);
    expect(claim(taken.node, 1001)).toBe(null);
  });

  it("that is its own range anew, from a giver that knows nobody beneath, has known who lies there since now", () => {
    const own = {
      token: range(0x10, 0x18, 1),
      leaseUntil: -6000,
      before: beneath(under, [], { knownSince: -9000 }),
    };
    for (const [named, unleasedMs, said] of [
      [[under], 2000, granted(2250)],
      [[], 100, granted(2250)],
      [[], 2000, { _tag: "Handed", token: { length: 8n } }],
    ] as const) {
      const taken = handed(own.leaseUntil, own, { ...hand, beneath: named }).node;
      const served = {
        ...taken,
        ownership: { ...taken.ownership, acknowledged: hand.token, leaseUntil: 3500 },
      };
      const asks = hears(served, 1101, at(0x10), ask(under.token, { unleasedMs }));
      expect(verdict(asks.effects)).toMatchObject(said);
    }
  });

  it("that is as long as its own, from a giver that knows another story of who lies beneath, waits for its grants", () => {
    const before = beneath(report(0x10, range(0x08, 0x10, 2)));
    const own = { token: range(0x10, 0x18, 1), before };
    expect(handed(900, own).node.ownership.token?.epoch).toBe(1);
  });

  it("keeps what who lies beneath has handed on since; more it can only have from this node, which had nothing", () => {
    const [less, more] = [report(0x10, range(0x0c, 0x10, 5)), report(0x10, range(0x04, 0x10, 5))];
    const knows = (known: Report) =>
      handed(-60_000, { before: beneath(known) }).node.ownership.before?.report;
    expect(knows(less)).toEqual(less);
    expect(knows(more)).toEqual(under);
  });

  it("takes none that is older than what it holds: its heir may hear of that later, and would believe it", () => {
    expect(startOf(handed(0, { token: range(0x14, 0x18, 8) }).node)).toBe(0x10);
    expect(startOf(handed(0, { token: range(0x14, 0x18, 9) }).node)).toBe(0x14);
  });

  it("takes none that it asked for in an earlier term", () => {
    const pointers = { successors: [at(0x20)] };
    const asked = tick(member(0x18, 0x14, { pointers, ownership: { leaseUntil: 0 } }), 1000);
    const rid = sent(asked.effects, "Ask")[0]?.message.rid as number;
    const elsewhere = { ...asked.node, ownership: { ...asked.node.ownership, term: 1 } };
    const heard = hears(elsewhere, 1001, at(0x20), answer(rid, hand));
    expect(startOf(heard.node)).toBe(0x14);
    expect(heard.effects).toContainEqual({
      _tag: "Dropped",
      from: at(0x20).address,
      message: "Answer",
      reason: "stale",
    });
  });
});
