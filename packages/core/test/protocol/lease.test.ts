import { describe, expect, it } from "vitest";
import type { Token } from "../../src/message.js";
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
  hearsay,
  member,
  range,
  report,
  sent,
  startOf,
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
  it("is granted to the one whose token ends where the heir's begins, and to nobody else", () => {
    const token = range(0x08, 0x10, 1);
    expect(verdict(hears(heir, 10, at(0x10), ask(token)).effects)).toEqual(granted(2250));
    for (const stranger of [0x0c, 0x30, 0x3a]) {
      const { effects } = hears(heir, 10, at(stranger), ask(range(stranger - 4, stranger, 1)));
      expect(verdict(effects)).toEqual({ _tag: "Wait", soon: false });
    }
  });

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

  it("is no way round the waits for one that was born again: it is admitted once its earlier range was taken", () => {
    const reborn = (state: NodeState) => hears(state, 2300, at(0x10, 2), ask(null));
    const leased = reborn({ ...heir, ownership: { ...heir.ownership, leaseUntil: 3000 } });
    const unleased = reborn(heir);
    expect([leased, unleased].map(({ effects }) => verdict(effects))).toEqual(
      Array(2).fill({ _tag: "Wait", soon: true }),
    );
    expect(startOf(leased.node)).toBe(0x08);
    expect(startOf(unleased.node)).toBe(0x10);
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

describe("an heir's book", () => {
  it("believes a stranger that is leased, hands one its own anew that is not, and none to one that was not for long", () => {
    const gap = member(0x20, 0x10, { pointers: { successors: [at(0x30)] } });
    const token = range(0x08, 0x10, 7);
    const asks = (unleasedMs: number) =>
      verdict(hears(gap, 10, at(0x10), ask(token, { unleasedMs })).effects);
    expect(asks(0)).toEqual(granted(2250));
    for (const [unleasedMs, length] of [
      [1, 8n],
      [5512, 8n],
      [5513, 0n],
    ] as const) {
      const anew = asks(unleasedMs);
      expect(anew).toMatchObject({ _tag: "Handed", token: { length } });
      expect(anew?._tag === "Handed" && anew.token.epoch).toBeGreaterThan(token.epoch);
    }
  });

  it("hands a stranger its own no farther than to the nearest known inside, which has the rest", () => {
    const token = range(0x08, 0x10, 7);
    const knows = (
      unleasedMs: number,
      leaseUntil: number,
      standing: "same" | "silent" = "same",
      predecessor = 0x08,
    ) => {
      const pointers = { successors: [at(0x30)], predecessor: at(predecessor) };
      const gap = member(0x20, 0x10, { pointers, ownership: { leaseUntil } });
      const entry = { peer: at(0x0a), standing, askAt: 9000, tries: 1, seed: false };
      const knowing = { ...gap, remembered: [entry] };
      return verdict(hears(knowing, 2000, at(0x10), ask(token, { unleasedMs })).effects);
    };
    const handed = (point: number, length: bigint) => ({
      _tag: "Handed",
      token: { length },
      beneath: [{ peer: at(point), token: { length: 8n - length }, handed: true }],
    });
    expect(knows(1, 3000)).toMatchObject(handed(0x0a, 6n));
    expect(knows(1, 3000, "same", 0x0c)).toMatchObject(handed(0x0c, 4n));
    expect(knows(1, 3000, "silent")).toMatchObject({ _tag: "Handed", token: { length: 8n } });
    // In a total outage nobody can have been admitted there. Who has no lease yet can't tell whether it is one.
    expect(knows(1, 1000)).toMatchObject({ _tag: "Handed", token: { length: 8n } });
    expect(knows(1, 1001)).toEqual({ _tag: "Wait", soon: true });
  });

  it("hands back no more than it has learned of those who are served in it", () => {
    const held = report(0x10, range(0x00, 0x10, 5));
    const told = member(0x20, 0x10, { ownership: { before: beneath(held, [], hearsay) } });
    const part = range(0x04, 0x08, 6);
    const learned = hears(told, 10, at(0x08), ask(part));
    const woken = hears(learned.node, 20, at(0x10), ask(held.token, { unleasedMs: 600 }));
    expect(verdict(woken.effects)).toMatchObject({
      _tag: "Handed",
      token: { length: 8n },
      beneath: [report(0x08, part)],
    });
  });

  it("learns of a part that was handed on unseen from whoever is served in it", () => {
    const held = report(0x10, range(0x00, 0x10, 5));
    const told = member(0x20, 0x10, { ownership: { before: beneath(held, [], hearsay) } });
    const part = range(0x04, 0x08, 6);
    const learns = (node: NodeState, token: Token, unleasedMs: number) => {
      const { before } = hears(node, 10, at(0x08), ask(token, { unleasedMs })).node.ownership;
      return before?.report.token.length === 8n ? before.beneath : null;
    };
    expect(learns(told, part, 1000)).toEqual([report(0x08, part)]);
    // Without a lease for longer, or under an epoch that is no later, it may have had that before.
    expect(learns(told, part, 1001)).toBe(null);
    expect(learns(told, { ...part, epoch: 5 }, 0)).toBe(null);
    expect(learns(told, range(0x30, 0x08, 6), 0)).toBe(null);
    expect(learns(member(0x20, 0x10, { ownership: { before: beneath(held) } }), part, 0)).toBe(null);
  });

  it("forgets nothing for an old word: a lower epoch waits", () => {
    const newer = member(0x20, 0x10, {
      ownership: { before: beneath(report(0x10, range(0x08, 0x10, 5))) },
    });
    const heard = hears(newer, 10, at(0x10), ask(range(0x08, 0x10, 4)));
    expect(verdict(heard.effects)).toMatchObject({ _tag: "Wait" });
    expect(heard.node.ownership.before?.report.token.epoch).toBe(5);
  });

  it("holds whoever was handed a part to just that; but if another gave it, who is gone, some may be handed on since", () => {
    const part = report(0x10, range(0x08, 0x10, 5), true);
    const [less, more] = [range(0x0c, 0x10, 6), range(0x04, 0x10, 6)];
    for (const [known, token, believed] of [
      [{}, range(0x04, 0x10, 5), false],
      [{}, less, false],
      [hearsay, less, true],
      [hearsay, more, false],
    ] as const) {
      const node = member(0x20, 0x10, { ownership: { before: beneath(part, [], known) } });
      const said = verdict(hears(node, 10, at(0x10), ask(token, { unleasedMs: 1 })).effects);
      expect(said).toMatchObject({
        _tag: "Handed",
        token: { length: (believed ? token : part.token).length },
      });
    }
  });

  it("known by another's word alone, serves who is leased, and gives others their range anew: another may have held it", () => {
    const held = report(0x10, range(0x08, 0x10, 1));
    const beneathIt = [report(0x08, range(0x04, 0x08, 1))];
    const told = member(0x20, 0x10, { ownership: { before: beneath(held, [], hearsay) } });
    const asks = (unleasedMs: number): Stepped =>
      hears(told, 10, at(0x10), ask(held.token, { unleasedMs, beneath: beneathIt }));
    expect(verdict(asks(0).effects)).toEqual(granted(2250));
    const anew = asks(1);
    const hand = verdict(anew.effects);
    expect(hand).toMatchObject({ _tag: "Handed", token: { length: 8n }, beneath: beneathIt });
    const token = hand?._tag === "Handed" ? hand.token : held.token;
    expect(token.epoch).toBeGreaterThan(1);
    const taken = hears(anew.node, 20, at(0x10), ask(token, { unleasedMs: 11, beneath: beneathIt }));
    expect(verdict(taken.effects)).toEqual(granted(2250));
  });

  it("that believed an old word for a lease, gives the range anew to who has had none for longer than it is known", () => {
    const held = report(0x10, range(0x08, 0x10, 1));
    const told = member(0x20, 0x10, { ownership: { before: beneath(held, [], hearsay) } });
    const believed = hears(told, 10, at(0x10), ask(held.token, { unleasedMs: 0 })).node;
    const says = (unleasedMs: number): ReturnType<typeof verdict> =>
      verdict(hears(believed, 110, at(0x10), ask(held.token, { unleasedMs })).effects);
    expect(says(100)).toEqual(granted(2250));
    expect(says(101)).toMatchObject({ _tag: "Handed", token: { length: 8n } });
  });

  it("refuses tokens that together would be more than the ring", () => {
    const wide = hears(heir, 10, at(0x10), ask(range(0x1f, 0x10, 2)));
    expect(verdict(wide.effects)).toMatchObject({ _tag: "Wait" });
  });

  it("refuses another node of the same identifier", () => {
    const { effects } = hears(heir, 10, { ...at(0x20), address: "memory://20#20" }, ask(null));
    expect(sent(effects, "Refused")).toMatchObject([{ message: { code: "id-taken" } }]);
  });

  it("takes over from an earlier life at once, and splits for the later", () => {
    const alone = member(0x20, 0x10, {
      pointers: { successors: [at(0x30)] },
      ownership: { before: beneath(report(0x10, range(0x08, 0x10, 1))) },
    });
    const reborn = hears(alone, 10, at(0x10, 2), ask(null));
    expect(startOf(reborn.node)).toBe(0x08);
  });
});
