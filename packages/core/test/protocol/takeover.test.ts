import { describe, expect, it } from "vitest";
import type { Ownership } from "../../src/holding.js";
import { claim } from "../../src/ownership.js";
import { ownershipDeadline } from "../../src/protocol/takeover.js";
import type { NodeState } from "../../src/state.js";
import { nextDeadline } from "../../src/step.js";
import type { Stepped } from "../small-ring.js";
import {
  answer,
  at,
  beneath,
  granted,
  happens,
  hears,
  hearsay,
  member,
  range,
  report,
  sent,
  small,
  startOf,
  tick,
} from "../small-ring.js";

/** Node 20 is heir of 10, which is heir of 08. L' is 2,362.5 ms, W is 5,512.5 ms. */
const below = report(0x08, range(0x02, 0x08, 1));
const held = report(0x10, range(0x08, 0x10, 1));

function heir(change: Partial<Ownership> = {}, pointers: Partial<NodeState["pointers"]> = {}): NodeState {
  return member(0x20, 0x10, {
    pointers: { successors: [at(0x30)], ...pointers },
    ownership: { before: beneath(held, [below]), ...change },
  });
}

/** Its predecessor's port, or another's, refuses a ping. */
function buried(node: NodeState, timeMs: number, point = 0x10): Stepped {
  const { address } = at(point);
  const lost = happens(node, timeMs, { _tag: "Disconnected", process: address });
  const [ping] = sent(lost.effects, "Ping");
  const message = ping?.message ?? { _tag: "Ping", rid: 0 };
  return happens(lost.node, timeMs, { _tag: "SendFailed", to: address, message, reason: "refused" });
}

describe("the range of a dead node", () => {
  const taken = buried(heir(), 100);

  it("goes to its heir at once, under a later epoch", () => {
    expect(startOf(taken.node)).toBe(0x08);
    expect(taken.node.ownership.token?.epoch).toBeGreaterThan(1);
  });

  it("is claimed only when the heir's own heir knows", () => {
    expect(claim(taken.node, 100)?.token).toEqual(range(0x10, 0x20, 1));
    const [question] = sent(taken.effects, "Ask");
    const known = hears(
      taken.node,
      110,
      at(0x30),
      answer(question?.message.rid as number, granted(2250)),
    ).node;
    expect(claim(known, 110)?.token.length).toBe(range(0x08, 0x20, 1).length);
  });

  it("brings what lies beneath it, to be taken no sooner than L': whom it admitted last it may have leased", () => {
    const { before } = taken.node.ownership;
    expect(before?.report).toEqual(below);
    expect(before?.notBefore).toBe(100 + 2362.5);
  });

  it("waits where the heir itself has no lease: it may have lost all to its own", () => {
    expect(startOf(buried(heir({ leaseUntil: 50 }), 100).node)).toBe(0x10);
  });

  it("goes to one without a lease W after that ended, and with it all that are dead beneath", () => {
    const { node } = buried(buried(heir({ leaseUntil: 0 }), 5000, 0x08).node, 5000);
    expect(startOf(tick(node, 5512).node)).toBe(0x10);
    expect(startOf(tick(node, 5512.5).node)).toBe(0x02);
  });

  it("goes to one whose lease is over by the calendar alone no sooner than by its own clock", () => {
    const set = heir({ leaseUntil: -3_600_000, hungUntil: 0 });
    const { node } = buried(buried(set, 5000, 0x08).node, 5000);
    expect([5512, 5512.5].map((ms) => startOf(tick(node, ms).node))).toEqual([0x10, 0x02]);
  });

  it.each([
    ["L' where it was known by another's word", 0x02, 2362.5],
    ["W where somebody lives inside it, who may have served others unseen", 0x05, 5512.5],
  ])("waits for %s", (_, predecessor, waitMs) => {
    const inheriting = member(0x20, 0x08, {
      pointers: { successors: [at(0x30)], predecessor: at(predecessor) },
      ownership: { before: beneath(below, [], hearsay), leaseUntil: 10_000 },
    });
    const { node } = buried(inheriting, 100, 0x08);
    expect(startOf(node)).toBe(0x08);
    expect(ownershipDeadline(node, 100)).toBe(100 + waitMs);
  });
});

describe("the range of a silent node", () => {
  it.each([
    ["a heir with a lease, after L'", 2250, 2362.5],
    ["one without, after W", 0, 5512.5],
  ])("goes to %s", (_, leaseUntil, patienceMs) => {
    const silentFor = (ms: number): NodeState =>
      heir({ leaseUntil, before: beneath(held, [below], { lastAt: 1000 - ms }) });
    expect(startOf(tick(silentFor(patienceMs - 0.5), 1000).node)).toBe(0x10);
    expect(startOf(tick(silentFor(patienceMs), 1000).node)).toBe(0x08);
  });

  it("is due when it may be taken", () => {
    const { node } = tick(heir({ before: beneath(held, [], { lastAt: -2000 }) }), 0);
    expect(nextDeadline(node)).toBe(362.5);
  });

  it("stays with it while a part is being handed over, or the heir itself leaves", () => {
    const lastAt = -9000;
    const split = {
      peer: at(0x18),
      token: range(0x10, 0x18, 2),
      rest: range(0x18, 0x20, 3),
      rid: 1,
      since: 0,
      reason: "join" as const,
      beyond: null,
    };
    const before = beneath(held, [], { lastAt });
    expect(startOf(tick(heir({ before, split }), 100).node)).toBe(0x10);
    expect(startOf(tick(heir({ before, handingOver: true }), 100).node)).toBe(0x10);
  });
});

describe("a gap", () => {
  it("that nobody is known to hold is filled after W, up to the predecessor", () => {
    const gapFor = (ms: number): NodeState =>
      heir({ before: null, gapSince: 1000 - ms }, { predecessor: at(0x08) });
    expect(startOf(tick(gapFor(5512), 1000).node)).toBe(0x10);
    expect(startOf(tick(gapFor(5512.5), 1000).node)).toBe(0x08);
  });

  it("is left alone where the predecessor's range is what is held already", () => {
    const node = heir({ before: null, gapSince: -9000 });
    expect(tick(node, 100).node.ownership.token).toEqual(range(0x10, 0x20, 1));
  });
});

describe("the last one left", () => {
  const other = beneath(report(0x30, range(0x20, 0x30, 1)));
  const pair = (change: Partial<Ownership> = {}, config = small): NodeState =>
    member(
      0x20,
      0x30,
      { pointers: { successors: [at(0x30)] }, ownership: { before: other, ...change } },
      config,
    );

  it("owns everything at once where the other's port refuses, and needs no lease", () => {
    const lost = happens(pair(), 100, { _tag: "Disconnected", process: at(0x30).address });
    const message = sent(lost.effects, "Ping")[0]?.message ?? { _tag: "Ping", rid: 0 };
    const alone = happens(lost.node, 100, {
      _tag: "SendFailed",
      to: at(0x30).address,
      message,
      reason: "refused",
    });
    expect(claim(alone.node, 1e6)?.token.length).toBe(small.space.size);
  });

  it("does not take the other's silence for its death while it may still answer", () => {
    const silent = pair({ before: { ...other, lastAt: -9000 } });
    expect(startOf(tick(silent, 100).node)).toBe(0x30);
  });

  it("never does where it was told not to", () => {
    const deaf = { ...small, aloneBySilence: false };
    const before = { ...other, lastAt: -9000 };
    const isolated = (config: typeof small): NodeState => {
      const node = pair({ before, leaseUntil: 0 }, config);
      const timers = { ...node.timers, isolatedSince: -9000 };
      return { ...node, timers, pointers: { ...node.pointers, successors: [], predecessor: null } };
    };
    expect(claim(tick(isolated(deaf), 100).node, 100)).toBe(null);
    expect(claim(tick(isolated(small), 100).node, 100)?.token.length).toBe(small.space.size);
  });
});
