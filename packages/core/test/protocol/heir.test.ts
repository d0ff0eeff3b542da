import { describe, expect, it } from "vitest";
import type { Token } from "../../src/message.js";
import type { NodeState } from "../../src/state.js";
import {
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
  verdict,
} from "../small-ring.js";

const before = beneath(report(0x10, range(0x08, 0x10, 1)));
const heir = member(0x20, 0x10, { pointers: { successors: [at(0x30)] }, ownership: { before } });

describe("an heir", () => {
  it("grants a lease to the one whose token ends where its own begins, and to nobody else", () => {
    const token = range(0x08, 0x10, 1);
    expect(verdict(hears(heir, 10, at(0x10), ask(token)).effects)).toEqual(granted(2250));
    for (const stranger of [0x0c, 0x30, 0x3a]) {
      const { effects } = hears(heir, 10, at(stranger), ask(range(stranger - 4, stranger, 1)));
      expect(verdict(effects)).toEqual({ _tag: "Wait", soon: false });
    }
  });

  it("admits one that was born again only once its earlier range was taken: that is no way round the waits", () => {
    const reborn = (state: NodeState) => hears(state, 2300, at(0x10, 2), ask(null));
    const leased = reborn({ ...heir, ownership: { ...heir.ownership, leaseUntil: 3000 } });
    const unleased = reborn(heir);
    expect([leased, unleased].map(({ effects }) => verdict(effects))).toEqual(
      Array(2).fill({ _tag: "Wait", soon: true }),
    );
    expect(startOf(leased.node)).toBe(0x08);
    expect(startOf(unleased.node)).toBe(0x10);
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
