import { left, right } from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import type { Left, Message } from "../../src/message.js";
import { claim, owns } from "../../src/ownership.js";
import type { NodeState } from "../../src/state.js";
import type { Stepped } from "../small-ring.js";
import {
  ask,
  at,
  beneath,
  happens,
  hears,
  hearsay,
  member,
  newcomer,
  range,
  report,
  sent,
  small,
  startOf,
  tick,
  verdict,
} from "../small-ring.js";

const leave = { _tag: "LeaveRequested", operation: 1, deadline: 5000 } as const;
const under = report(0x10, range(0x08, 0x10, 1));
const leaver = member(0x20, 0x10, {
  pointers: { successors: [at(0x30)] },
  ownership: { before: beneath(under) },
});
const asked = happens(leaver, 100, leave);
const [handover] = sent(asked.effects, "Leave");
const rid = handover?.message.rid as number;

function answered(stepped: Stepped, timeMs: number, accepted: boolean): Stepped {
  const message: Left = {
    _tag: "Left",
    rid: sent(stepped.effects, "Leave")[0]?.message.rid as number,
    accepted,
  };
  return hears(stepped.node, timeMs, at(0x30), message);
}

describe("one that leaves", () => {
  it("stops claiming at once, and hands its range to its heir, with what lies beneath", () => {
    expect(claim(asked.node, 100)).toBe(null);
    expect(handover).toMatchObject({ to: at(0x30).address, message: { beneath: [under] } });
    expect(handover?.message.token.length).toBe(16n);
    expect(handover?.message.token.epoch).toBeGreaterThan(1);
  });

  it("is gone when the heir has it, and tells both neighbours who is next to them now", () => {
    const gone = answered(asked, 120, true);
    expect(gone.node.phase._tag).toBe("Gone");
    const told = sent(gone.effects, "Depart");
    expect(told.map(({ to }) => to)).toEqual([at(0x30).address, at(0x10).address]);
    expect(told[0]?.message).toMatchObject({ predecessor: at(0x10), successors: [at(0x30)] });
    expect(gone.effects).toContainEqual({
      _tag: "Settled",
      operation: 1,
      result: right({ _tag: "HandedOver", to: at(0x30) }),
    });
  });

  it("goes on as the owner where the heir can't take it now, and tries again", () => {
    const refused = answered(asked, 120, false);
    expect(owns(refused.node, at(0x18).id, 120)).toBe(true);
    const again = tick(refused.node, 520);
    expect(sent(again.effects, "Leave")[0]?.message.token.epoch).toBeGreaterThan(
      handover?.message.token.epoch as number,
    );
  });

  it("that hears nothing sends the same again, and claims nothing any more: it may have been accepted", () => {
    const again = tick(asked.node, 400);
    expect(sent(again.effects, "Leave")[0]?.message.token).toEqual(handover?.message.token);
    expect(claim(again.node, 400)).toBe(null);
    expect(claim(answered(again, 420, false).node, 420)).toBe(null);
  });

  it("goes at the deadline, whatever has become of its range", () => {
    let stepped = asked;
    for (let timeMs = 200; timeMs <= 5000; timeMs += 100) stepped = tick(stepped.node, timeMs);
    expect(stepped.node.phase._tag).toBe("Gone");
    expect(stepped.effects).toContainEqual({
      _tag: "Settled",
      operation: 1,
      result: right({ _tag: "HandedOver", to: null }),
    });
  });

  it("waits for the end of what is changing hands", () => {
    const handed = member(0x20, 0x10, {
      pointers: { successors: [at(0x30)] },
      ownership: { before: beneath({ ...under, handed: true }) },
    });
    expect(sent(happens(handed, 100, leave).effects, "Leave")).toEqual([]);
  });

  it("alone is gone at once", () => {
    const all = { epoch: 1, length: small.space.size };
    const alone = member(0x20, 0x20, {
      pointers: { predecessor: null },
      ownership: { token: all, acknowledged: all, leaseUntil: Number.POSITIVE_INFINITY },
    });
    expect(happens(alone, 100, leave).node.phase._tag).toBe("Gone");
  });

  it("must have joined", () => {
    expect(happens(newcomer(0x20), 100, leave).effects).toEqual([
      { _tag: "Settled", operation: 1, result: left({ _tag: "NotMember" }) },
    ]);
  });

  it("refuses whoever still asks it", () => {
    const gone = answered(asked, 120, true).node;
    const { effects } = hears(gone, 130, at(0x10), { _tag: "Ping", rid: 3 });
    expect(sent(effects, "Refused")).toMatchObject([{ message: { rid: 3, code: "gone" } }]);
  });
});

describe("the heir of one that leaves", () => {
  const message: Message = { _tag: "Leave", rid, token: range(0x08, 0x10, 5), beneath: [] };
  const heir = (change: Parameters<typeof member>[2] = {}): NodeState =>
    member(0x20, 0x10, {
      pointers: { successors: [at(0x30)] },
      ownership: { before: beneath(under), ...change.ownership },
    });
  const takes = (node: NodeState): boolean =>
    sent(hears(node, 100, at(0x10), message).effects, "Left")[0]?.message.accepted === true;

  it("takes its range, under a later epoch", () => {
    const taken = hears(heir(), 100, at(0x10), message);
    expect(sent(taken.effects, "Left")).toMatchObject([{ message: { rid, accepted: true } }]);
    expect(startOf(taken.node)).toBe(0x08);
    expect(taken.node.ownership.token?.epoch).toBeGreaterThan(5);
  });

  it("says yes again to a copy, when the answer was lost", () => {
    const taken = hears(heir(), 100, at(0x10), message).node;
    const again = hears(taken, 110, at(0x10), message);
    expect(sent(again.effects, "Left")).toMatchObject([{ message: { accepted: true } }]);
    expect(startOf(again.node)).toBe(0x08);
  });

  it("says yes again to a copy, when what it took was handed on since", () => {
    const handed = beneath(report(0x18, range(0x08, 0x18, 9), true));
    const since = heir({ ownership: { token: range(0x18, 0x20, 10), before: handed } });
    expect(takes(since)).toBe(true);
    // By another's word alone it may have been admitted there since.
    expect(takes(heir({ ownership: { ...since.ownership, before: { ...handed, ...hearsay } } }))).toBe(false);
  });

  it("refuses while it has no lease, is not acknowledged, or is itself about to hand over", () => {
    expect(takes(heir())).toBe(true);
    expect(takes(heir({ ownership: { leaseUntil: 50 } }))).toBe(false);
    expect(takes(heir({ ownership: { acknowledged: range(0x18, 0x20, 0) } }))).toBe(false);
    expect(takes(heir({ ownership: { handingOver: true } }))).toBe(false);
  });

  it("takes no copy later of what it has refused", () => {
    const refused = hears(heir({ ownership: { leaseUntil: 50 } }), 100, at(0x10), message).node;
    const leased = { ...refused, ownership: { ...refused.ownership, leaseUntil: 2000 } };
    expect(takes(leased)).toBe(false);
  });

  it("takes none either when it has handed that range anew since, under an epoch below", () => {
    const ahead: Message = { ...message, token: range(0x08, 0x10, 5000) };
    const byHearsay = heir({
      ownership: { acknowledged: range(0x18, 0x20, 0), before: beneath(under, [], hearsay) },
    });
    const refused = hears(byHearsay, 100, at(0x10), ahead).node;
    const handing = hears(refused, 110, at(0x10), ask(under.token, { unleasedMs: 1 }));
    const hand = verdict(handing.effects);
    if (hand?._tag !== "Handed") throw new Error("it is not handed anew");
    expect(hand.token.epoch).toBeLessThan(5000);
    const { node } = hears(handing.node, 120, at(0x10), ask(hand.token, { unleasedMs: 1 }));
    const confirmed = { ...node, ownership: { ...node.ownership, acknowledged: node.ownership.token } };
    expect(confirmed.ownership.before?.report).toEqual({ ...under, token: hand.token });
    const { effects } = hears(confirmed, 130, at(0x10), ahead);
    expect(sent(effects, "Left")).toMatchObject([{ message: { accepted: false } }]);
  });

  it("refuses one that is none of its business", () => {
    const { effects } = hears(heir(), 100, at(0x30), message);
    expect(sent(effects, "Left")).toMatchObject([{ message: { accepted: false } }]);
  });
});

describe("neighbours of one that is gone", () => {
  it("forget it, and ask those whom it named", () => {
    const node = member(0x20, 0x10, { pointers: { successors: [at(0x30)] } });
    const message: Message = { _tag: "Depart", predecessor: at(0x20), successors: [at(0x38)] };
    const told = hears(node, 100, at(0x30), message);
    expect(told.node.pointers.successors).toEqual([]);
    expect(sent(told.effects, "Ask").map(({ to }) => to)).toContain(at(0x38).address);
  });
});
