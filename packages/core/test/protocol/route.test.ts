import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { between, distance } from "../../src/identifier.js";
import type { Peer } from "../../src/peer.js";
import { nextHop } from "../../src/protocol/route.js";
import { learn } from "../../src/routes.js";
import type { NodeState } from "../../src/state.js";
import { at, beneath, member, range, report, small, smallConfig } from "../small-ring.js";

const self = at(0x20);
const point = fc.nat(63);
const others = fc.uniqueArray(
  point.filter((n) => n !== 0x20).map((n) => at(n)),
  {
    selector: ({ address }) => address,
    maxLength: 12,
  },
);

function clockwise(peers: ReadonlyArray<Peer>): ReadonlyArray<Peer> {
  const away = ({ id }: Peer): bigint => distance(small.space, self.id, id);
  return [...peers].sort((a, b) => (away(a) < away(b) ? -1 : 1));
}

/**
 * A node that knows these: the nearest as successors, the farthest as predecessor, some as fingers, some by hearsay.
 */
const states = fc
  .record({ known: others, fingers: others, seen: others, r: fc.integer({ min: 1, max: 4 }) })
  .map(({ known, fingers, seen, r }): NodeState => {
    const ring = clockwise(known);
    const predecessor = ring.at(-1) ?? null;
    const start = predecessor === null ? 0x20 : Number(predecessor.id);
    const node = member(0x20, start, {}, smallConfig({ successors: r }));
    return {
      ...node,
      pointers: {
        ...node.pointers,
        successors: ring.slice(0, r),
        predecessor,
        fingers: clockwise(fingers).map((peer, index) => ({ index, peer })),
      },
      routes: seen.reduce((routes, peer) => learn(routes, { peer, length: 3n }, 0), node.routes),
    };
  });

const targets = point.map((n) => at(n).id);

describe("the next hop", () => {
  it("is nearer to the target than this node is, on one side or the other", () => {
    fc.assert(
      fc.property(states, targets, fc.boolean(), (node, target, atOrigin) => {
        fc.pre(target !== self.id);
        const hop = nextHop(node, target, atOrigin, []);
        if (hop === null) return;
        const { space } = node.config;
        const before = distance(space, hop.peer.id, target) < distance(space, self.id, target);
        const behind = distance(space, target, hop.peer.id) < distance(space, target, self.id);
        expect(before || behind).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });

  it("is never this node, nor one that is excluded", () => {
    fc.assert(
      fc.property(states, targets, others, fc.boolean(), (node, target, excluded, atOrigin) => {
        const addresses = excluded.map(({ address }) => address);
        const hop = nextHop(node, target, atOrigin, addresses);
        expect([self.address, ...addresses]).not.toContain(hop?.peer.address);
      }),
      { numRuns: 5000 },
    );
  });

  it("passes over nobody that lies nearer before the target, unless it is the owner or lies nearer behind", () => {
    fc.assert(
      fc.property(states, targets, (node, target) => {
        const hop = nextHop(node, target, false, []);
        if (hop === null || hop.why === "predecessor") return;
        const { successors, fingers } = node.pointers;
        const owner = successors.find(
          ({ id }, i) => id === target || between(successors[i - 1]?.id ?? self.id, target, id),
        );
        if (owner !== undefined) {
          expect(hop).toEqual({ peer: owner, why: "successor" });
          return;
        }
        for (const { id } of [...successors, ...fingers.map(({ peer }) => peer)]) {
          expect(between(hop.peer.id, id, target)).toBe(false);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it("is the owner, where that is one of the successors", () => {
    const node = member(0x20, 0x10, { pointers: { successors: [at(0x28), at(0x30)] } });
    for (const [target, owner] of [
      [0x21, 0x28],
      [0x28, 0x28],
      [0x29, 0x30],
      [0x30, 0x30],
    ] as const) {
      expect(nextHop(node, at(target).id, false, [])).toEqual({ peer: at(owner), why: "successor" });
    }
  });

  it("is the one beneath, where its token is known to hold the target", () => {
    const before = beneath(report(0x10, range(0x08, 0x10, 1)));
    const node = member(0x20, 0x10, { ownership: { before }, pointers: { successors: [at(0x30)] } });
    expect(nextHop(node, at(0x0a).id, false, [])).toEqual({ peer: at(0x10), why: "predecessor" });
  });

  it("leads back only to what lies just behind, and round the ring to all else", () => {
    const before = beneath(report(0x10, range(0x0c, 0x10, 1)), [report(0x0c, range(0x08, 0x0c, 1))]);
    const pointers = { successors: [at(0x28)], fingers: [{ index: 5, peer: at(0x00) }] };
    const node = member(0x20, 0x10, { ownership: { before }, pointers });
    expect(nextHop(node, at(0x0a).id, false, [])).toEqual({ peer: at(0x0c), why: "predecessor" });
    expect(nextHop(node, at(0x0a).id, false, [at(0x0c).address])?.peer).toEqual(at(0x10));
    expect(nextHop(node, at(0x07).id, false, [])).toEqual({ peer: at(0x00), why: "finger" });
  });

  it("is the nearest alone, where the lookup has come through many nodes: what is known of others may lead in circles", () => {
    const before = beneath(report(0x10, range(0x0c, 0x10, 1)), [report(0x0c, range(0x08, 0x0c, 1))]);
    const pointers = { successors: [at(0x28), at(0x30)] };
    const node = member(0x20, 0x10, { ownership: { before }, pointers });
    const hops = (target: number, hops: number) => nextHop(node, at(target).id, false, [], hops)?.peer;
    expect([hops(0x2c, 15), hops(0x0a, 15)]).toEqual([at(0x30), at(0x0c)]);
    expect([hops(0x2c, 16), hops(0x0a, 16)]).toEqual([at(0x28), at(0x10)]);
    expect([hops(0x24, 16), hops(0x0e, 16)]).toEqual([at(0x28), at(0x10)]);
  });

  it("is not this node for what it is said to hold itself", () => {
    const before = beneath(report(0x10, range(0x00, 0x10, 1)), [report(0x20, range(0x10, 0x00, 1))]);
    const node = member(0x20, 0x10, { ownership: { before }, pointers: { successors: [at(0x10)] } });
    expect(nextHop(node, at(0x38).id, false, [])?.peer).toEqual(at(0x10));
  });

  it("is by hearsay only where the lookup starts, so that two stale memories can't send it to and fro", () => {
    const node = member(0x20, 0x10, { pointers: { successors: [at(0x28)] } });
    const heard = { ...node, routes: learn(node.routes, { peer: at(0x3c), length: 8n }, 0) };
    expect(nextHop(heard, at(0x38).id, true, [])).toEqual({ peer: at(0x3c), why: "route" });
    expect(nextHop(heard, at(0x38).id, false, [])?.peer).not.toEqual(at(0x3c));
  });

  it("is nobody for what this node itself is next to, though it can't claim it now", () => {
    const node = member(0x20, 0x10, {
      pointers: { successors: [at(0x30)] },
      ownership: { leaseUntil: 0 },
    });
    expect(nextHop(node, at(0x18).id, false, [])).toBe(null);
  });
});
