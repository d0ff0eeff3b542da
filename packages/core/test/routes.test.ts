import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { between, distance, id, inRange, space } from "../src/identifier.js";
import type { Peer } from "../src/peer.js";
import {
  emptyRoutes,
  forget,
  forgetProcess,
  isNews,
  learn,
  ownerHint,
  precedingHint,
  type RouteEntry,
  type Routes,
} from "../src/routes.js";

const ring = space(8);

function peer(point: number, incarnation = 1, address = `memory://n${point}`): Peer {
  return { id: id(ring, BigInt(point)), address, incarnation };
}

function entry(point: number, length = 0, incarnation = 1): RouteEntry {
  return { peer: peer(point, incarnation), length: BigInt(length) };
}

function learned(entries: ReadonlyArray<RouteEntry>, limit = 1024): Routes {
  return entries.reduce((routes, next) => learn(routes, next, 0), emptyRoutes(limit));
}

const entries = fc.record({ point: fc.nat(255), length: fc.nat(256), incarnation: fc.nat(2) });
const lists = fc.array(
  entries.map(({ point, length, incarnation }) => entry(point, length, incarnation)),
  { maxLength: 30 },
);
const anyPoint = fc.nat(255).map((n) => id(ring, BigInt(n)));

describe("learn", () => {
  it("keeps one entry for each identifier, in order, within the limit", () => {
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 8 }), fc.nat(), (list, limit, victim) => {
        let routes = emptyRoutes(limit);
        for (const next of list) {
          const before = routes.entries.slice();
          const after = learn(routes, next, victim);
          expect(routes.entries).toEqual(before);
          expect(after.entries.length).toBeLessThanOrEqual(limit);
          const points = after.entries.map((e) => Number(e.peer.id));
          expect(points).toEqual([...new Set(points)].sort((a, b) => a - b));
          expect(points).toContain(Number(next.peer.id));
          routes = after;
        }
      }),
    );
  });

  it("changes something for news, and for nothing else", () => {
    fc.assert(
      fc.property(lists, lists, fc.integer({ min: 1, max: 30 }), fc.nat(), (list, heard, limit, victim) => {
        const routes = learned(list, limit);
        for (const next of heard) expect(learn(routes, next, victim) !== routes).toBe(isNews(routes, next));
      }),
    );
  });

  it("gives the same value for what is no news", () => {
    const routes = learned([entry(5, 3, 2)]);
    expect(learn(routes, entry(5, 3, 2), 0)).toBe(routes);
    expect(learn(routes, entry(5, 0, 2), 0)).toBe(routes);
    expect(learn(routes, entry(5, 9, 1), 0)).toBe(routes);
    expect(learn(routes, entry(5, 4, 2), 0).entries).toEqual([entry(5, 4, 2)]);
    expect(learn(routes, entry(5, 0, 3), 0).entries).toEqual([entry(5, 0, 3)]);
  });

  it("where it is full, the one that the random number picks gives way", () => {
    const full = learned([entry(1), entry(3), entry(5)], 3);
    const points = (routes: Routes) => routes.entries.map((e) => Number(e.peer.id));
    expect(points(learn(full, entry(4), 0))).toEqual([3, 4, 5]);
    expect(points(learn(full, entry(4), 4))).toEqual([1, 4, 5]);
    expect(points(learn(full, entry(4), 2 ** 32 - 1))).toEqual([3, 4, 5]);
    expect(points(learn(full, entry(9), -2))).toEqual([1, 3, 9]);
    expect(() => emptyRoutes(0)).toThrow(RangeError);
  });
});

describe("forget", () => {
  it("forgets one address, or all of a process", () => {
    const of = (point: number, address: string): RouteEntry => ({
      peer: peer(point, 1, address),
      length: 0n,
    });
    const routes = learned([of(1, "tcp://a:1"), of(2, "tcp://a:1#1"), of(3, "tcp://a:11")]);
    const left = (after: Routes) => after.entries.map((e) => e.peer.address);
    expect(left(forget(routes, "tcp://a:1"))).toEqual(["tcp://a:1#1", "tcp://a:11"]);
    expect(left(forgetProcess(routes, "tcp://a:1#7"))).toEqual(["tcp://a:11"]);
    expect(forget(routes, "tcp://b:1")).toBe(routes);
    expect(forgetProcess(routes, "tcp://b:1")).toBe(routes);
  });
});

describe("hints", () => {
  it("ownerHint: the first peer at or after the target, where its range reaches the target", () => {
    fc.assert(
      fc.property(lists, anyPoint, (list, target) => {
        const routes = learned(list);
        const nearest = [...routes.entries].sort((a, b) =>
          Number(distance(ring, target, a.peer.id) - distance(ring, target, b.peer.id)),
        )[0];
        const claims = nearest !== undefined && inRange(ring, target, nearest.peer.id, nearest.length);
        expect(ownerHint(routes, ring, target)).toBe(claims ? nearest : null);
      }),
    );
  });

  it("precedingHint: the last peer strictly between this node and the target", () => {
    fc.assert(
      fc.property(lists, anyPoint, anyPoint, (list, self, target) => {
        const routes = learned(list);
        const inside = routes.entries.filter((e) => between(self, e.peer.id, target));
        const nearest = inside.sort((a, b) =>
          Number(distance(ring, self, b.peer.id) - distance(ring, self, a.peer.id)),
        )[0];
        expect(precedingHint(routes, self, target)).toBe(nearest ?? null);
      }),
    );
  });
});
