import { describe, expect, it } from "vitest";
import type { Stepped } from "../small-ring.js";
import { answer, ask, at, granted, hears, member, range, sent, smallConfig, tick } from "../small-ring.js";

/** SIGCOMM 2001, figure 6, as corrected by Zave: whoever is heard of is adopted only when it has answered itself. */

const node = member(0x20, 0x10, { pointers: { successors: [at(0x30), at(0x38)] } });

/** The number of the latest question to a node. */
function ridTo(stepped: Stepped, point: number): number {
  const asked = sent(stepped.effects, "Ask").find(({ to }) => to === at(point).address);
  return asked?.message.rid as number;
}

describe("stabilise", () => {
  it("asks the successor once an interval, in one message", () => {
    const first = tick(node, 1000);
    expect(sent(first.effects, "Ask")).toMatchObject([{ to: at(0x30).address }]);
    const [, ...successors] = first.node.pointers.successors;
    const said = answer(ridTo(first, 0x30), granted(2250), { successors });
    const answered = hears(first.node, 1010, at(0x30), said);
    expect(sent(tick(answered.node, 1999).effects, "Ask")).toEqual([]);
    expect(sent(tick(answered.node, 2000).effects, "Ask")).toHaveLength(1);
  });

  it("asks again soon while the list changes: it is told on backwards, a node at a time", () => {
    const first = tick(node, 1000);
    const said = answer(ridTo(first, 0x30), granted(2250), { successors: [at(0x3a), at(0x05)] });
    const answered = hears(first.node, 1010, at(0x30), said);
    expect(sent(tick(answered.node, 1010 + 1000 / 8).effects, "Ask")).toHaveLength(1);
  });

  it("takes the successor's list behind the successor, r long", () => {
    const asked = tick(node, 1000);
    const successors = [at(0x3a), at(0x05)];
    const heard = hears(
      asked.node,
      1010,
      at(0x30),
      answer(ridTo(asked, 0x30), granted(2250), { successors }),
    );
    expect(heard.node.pointers.successors).toEqual([at(0x30), at(0x3a)]);
  });

  it("asks the successor's predecessor, if it is nearer, and adopts it only when it answers", () => {
    const asked = tick(node, 1000);
    const said = answer(ridTo(asked, 0x30), granted(2250), { predecessor: at(0x28), successors: [at(0x38)] });
    const heard = hears(asked.node, 1010, at(0x30), said);
    expect(heard.node.pointers.successors).toEqual([at(0x30), at(0x38)]);
    expect(sent(heard.effects, "Ask").map(({ to }) => to)).toEqual([at(0x28).address]);
    const answered = hears(
      heard.node,
      1020,
      at(0x28),
      answer(ridTo(heard, 0x28), granted(0), { successors: [at(0x30)] }),
    );
    expect(answered.node.pointers.successors).toEqual([at(0x28), at(0x30)]);
  });

  it("does not ask a predecessor of the successor that is no nearer", () => {
    const asked = tick(node, 1000);
    for (const point of [0x10, 0x20, 0x34]) {
      const said = answer(ridTo(asked, 0x30), granted(2250), { predecessor: at(point) });
      expect(sent(hears(asked.node, 1010, at(0x30), said).effects, "Ask")).toEqual([]);
    }
  });

  it("asks who asks it, if that one is nearer than the successor", () => {
    const heard = hears(node, 500, at(0x28), ask(range(0x24, 0x28, 1)));
    expect(sent(heard.effects, "Ask").map(({ to }) => to)).toEqual([at(0x28).address]);
    expect(heard.node.pointers.successors[0]).toEqual(at(0x30));
  });

  it("asks who speaks again and again once at a time, and anew when it has been born again", () => {
    const again = ask(range(0x24, 0x28, 1));
    const heard = hears(hears(node, 500, at(0x28), again).node, 510, at(0x28), again);
    expect(sent(heard.effects, "Ask")).toEqual([]);
    const reborn = { ...at(0x28), incarnation: at(0x28).incarnation + 1 };
    expect(sent(hears(heard.node, 520, reborn, again).effects, "Ask")).toHaveLength(1);
  });

  it("asks a successor that does not answer once more, and goes on to the next when that is silent, too", () => {
    let stepped = tick(node, 1000);
    const asked: string[] = [];
    for (let timeMs = 1000; timeMs <= 1800; timeMs += 50) {
      asked.push(...sent(stepped.effects, "Ask").map(({ to }) => to));
      stepped = tick(stepped.node, timeMs + 50);
    }
    expect(asked.slice(0, 3)).toEqual([at(0x30).address, at(0x30).address, at(0x38).address]);
    expect(stepped.node.pointers.successors).toEqual([at(0x38)]);
  });

  it("keeps lists in ring order: what an answer names out of order, or beyond the node itself, is left out", () => {
    const wide = member(0x20, 0x10, { pointers: { successors: [at(0x30)] } }, smallConfig({ successors: 8 }));
    const asked = tick(wide, 1000);
    const successors = [at(0x34), at(0x32), at(0x38), at(0x20), at(0x24)];
    const heard = hears(
      asked.node,
      1010,
      at(0x30),
      answer(ridTo(asked, 0x30), granted(2250), { successors }),
    );
    expect(heard.node.pointers.successors).toEqual([at(0x30), at(0x34)]);
  });
});

describe("one that stands aside, as it could not reach its heir", () => {
  /** Whether it turns its predecessor away when 0x30 has answered that it is to wait. */
  const turnsAway = (soon: boolean, turnedAwaySince: number | null = null, successor = 0x38): boolean => {
    const aside = member(0x20, 0x10, {
      pointers: { successors: [at(successor)], heirUnreachableSince: 1000, turnedAwaySince },
      ownership: { leaseUntil: 500 },
    });
    const asked =
      successor === 0x30 ? tick(aside, 3000) : hears(aside, 3000, at(0x30), ask(range(0x20, 0x30, 1)));
    const said = answer(ridTo(asked, 0x30), { _tag: "Wait", soon }, { successors: [at(0x38)] });
    const { node: answered } = hears(asked.node, 3010, at(0x30), said);
    return sent(hears(answered, 3020, at(0x10), ask(range(0x08, 0x10, 1))).effects, "Refused").length > 0;
  };

  it("goes on doing so while that one turns it away, and not when it is to wait a little", () => {
    expect([turnsAway(false), turnsAway(true)]).toEqual([true, false]);
  });

  it("does so for W: it may be turned away for another reason", () => {
    const waitMs = 5512.5;
    expect([turnsAway(false, 3011 - waitMs), turnsAway(false, 3010 - waitMs)]).toEqual([true, false]);
  });

  it("stops when its successor no longer names that one, as it is dead", () => {
    expect(turnsAway(false, null, 0x30)).toBe(false);
  });
});
