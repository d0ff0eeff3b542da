import { grownRing, idealOwner } from "@chordnet/simulator";
import { describe, expect, it } from "vitest";
import type { Id } from "../../src/identifier.js";
import { fingerStart } from "../../src/identifier.js";
import type { NodeState } from "../../src/state.js";
import type { Stepped } from "../small-ring.js";
import { at, happens, hears, member, range, sent, smallConfig, tick } from "../small-ring.js";

/** SIGCOMM 2001, table 1: finger i is the first node at or behind n + 2^i. */

/** The node with its fingers due at 100. */
const node: NodeState = (() => {
  const state = member(0x00, 0x30, { pointers: { successors: [at(0x03)] } });
  return { ...state, timers: { ...state.timers, fingersAt: 100 } };
})();

/** The finger that is due turns out to be the node there. */
function findsFinger(state: NodeState, atMs: number, point: number): Stepped {
  const asked = tick(state, atMs);
  const rid = sent(asked.effects, "Find")[0]?.message.rid as number;
  const token = range(0x03, point, 1);
  return hears(asked.node, atMs + 10, at(point), { _tag: "Found", rid, token, leaseMs: 1000, hops: 1 });
}

function standingOf({ remembered }: NodeState, point: number): string | undefined {
  return remembered.find(({ peer }) => peer.address === at(point).address)?.standing;
}

describe("fingers", () => {
  it("that the successor is already are not looked up: the first is the one that starts beyond it", () => {
    const [find] = sent(tick(node, 100).effects, "Find");
    expect(find?.message.target).toBe(4n);
  });

  it("are looked up all at once by a newcomer, and those that one node serves only once", () => {
    let stepped = tick(node, 100);
    const targets: Id[] = [];
    for (let timeMs = 101; timeMs < 140; timeMs++) {
      const [find] = sent(stepped.effects, "Find");
      if (find === undefined) stepped = tick(stepped.node, timeMs);
      else {
        targets.push(find.message.target);
        const owner = find.message.target <= 0x12n ? 0x12 : 0x30;
        const token = range(owner === 0x12 ? 0x03 : 0x12, owner, 1);
        const { rid } = find.message;
        const found = { _tag: "Found", rid, token, leaseMs: 1000, hops: 1 } as const;
        stepped = hears(stepped.node, timeMs, at(owner), found);
      }
    }
    expect(targets).toEqual([4n, 32n]);
    expect(stepped.node.pointers.fingers.map(({ peer }) => peer)).toEqual([at(0x12), at(0x30)]);
    expect(stepped.node.timers.fingersRest).toBe(1);
  });

  it("that can't be looked up hold up none of the others: each has its turn, one an interval", () => {
    const pointers = { successors: [at(0x3f)], predecessor: null };
    const far = member(0x00, 0x30, { pointers }, smallConfig({ bits: 12 }));
    const timers = { ...far.timers, fingersRest: 1, fingersAt: 100, stabilizeAt: 1e9 };
    const ownership = { ...far.ownership, leaseUntil: 1e9, gapSince: 1e9 };
    let stepped: Stepped = { node: { ...far, timers, ownership }, effects: [] };
    const firstAt = new Map<Id, number>();
    for (let timeMs = 100; stepped.node.timers.fingersRest === 1 && timeMs < 60_000; timeMs += 10) {
      stepped = tick(stepped.node, timeMs);
      // Its successor lives, and knows of no owner.
      for (const { message } of sent(stepped.effects, "Ping")) {
        stepped = hears(stepped.node, timeMs, at(0x3f), { _tag: "Pong", rid: message.rid });
      }
      for (const { message } of sent(stepped.effects, "Find")) {
        if (!firstAt.has(message.target)) firstAt.set(message.target, timeMs);
        const unfound = { _tag: "Unfound", rid: message.rid, reason: "unclaimed", hops: 1 } as const;
        stepped = hears(stepped.node, timeMs, at(0x3f), unfound);
      }
    }
    expect([...firstAt]).toEqual([6, 7, 8, 9, 10, 11].map((i, nth) => [2n ** BigInt(i), 100 + nth * 1000]));
    expect(stepped.node.timers.fingersRest).toBe(2);
  });

  it("are looked up one an interval afterwards", () => {
    const calm = { ...node, timers: { ...node.timers, fingersRest: 1 } };
    const asked = tick(calm, 100);
    const rid = sent(asked.effects, "Find")[0]?.message.rid as number;
    const token = range(0x03, 0x08, 1);
    const found = hears(asked.node, 110, at(0x08), { _tag: "Found", rid, token, leaseMs: 1000, hops: 1 });
    expect(sent(tick(found.node, 1099).effects, "Find")).toEqual([]);
    expect(sent(tick(found.node, 1100).effects, "Find")[0]?.message.target).toBe(16n);
  });

  it("are looked up ever more rarely while nothing changes", () => {
    const ring = grownRing(2, 4, { ring: { successors: 2 } });
    ring.run(120_000);
    expect(ring.members().map(({ timers }) => timers.fingersRest)).toEqual([16, 16, 16, 16]);
  });

  it.each([
    ["of late are not tested when others take their places", 16_000, "same"],
    ["long ago are", 17_000, "untested"],
  ])("found %s", (_, afterMs, standing) => {
    const calm = { ...node, timers: { ...node.timers, fingersRest: 1 } };
    const found = findsFinger(calm, 100, 0x08);
    expect(standingOf(found.node, 0x08)).toBe("same");
    const { timers } = found.node;
    const later = {
      ...found.node,
      timers: { ...timers, fingerIndex: 2, fingersAt: afterMs, stabilizeAt: 1e9 },
    };
    const nearer = findsFinger(later, afterMs, 0x05);
    expect(nearer.node.pointers.fingers.map(({ peer }) => peer)).toEqual([at(0x05)]);
    expect(standingOf(nearer.node, 0x08)).toBe(standing);
  });

  it("that are dead are gone from the table at once", () => {
    const known = {
      ...node,
      pointers: { ...node.pointers, fingers: [{ index: 4, peer: at(0x12) }] },
      timers: { ...node.timers, fingersRest: 16, fingersAt: 16_000 },
    };
    const lost = happens(known, 50, { _tag: "Disconnected", process: at(0x12).address });
    const [ping] = sent(lost.effects, "Ping");
    const message = ping?.message ?? { _tag: "Ping", rid: 0 };
    const dead = happens(lost.node, 60, {
      _tag: "SendFailed",
      to: at(0x12).address,
      message,
      reason: "refused",
    });
    expect(dead.node.pointers.fingers).toEqual([]);
    // What has been quiet for long is looked at again within an interval.
    expect(dead.node.timers).toMatchObject({ fingersRest: 1, fingersAt: 1060 });
  });

  it("are the right ones in a quiet ring", () => {
    const ring = grownRing(3, 24, { ring: { successors: 3 } });
    ring.run(60_000);
    const members = ring.members();
    for (const { self, pointers, config } of members) {
      expect(pointers.fingers.length).toBeGreaterThan(1);
      for (const { index, peer } of pointers.fingers) {
        expect(peer).toEqual(idealOwner(members, fingerStart(config.space, self.id, index)));
      }
    }
  });
});
