import { id, space } from "@chordnet/core";
import { beforeEach, describe, expect, it } from "vitest";
import { History } from "../../src/demo/history.js";

const ring = space(8);
const point = (value: number) => id(ring, BigInt(value));

describe("a history of the nodes a (at 10), b (at 20) and c (at 30), members from 5 on", () => {
  let history: History;

  beforeEach(() => {
    history = new History(ring);
    for (const [address, at] of [
      ["a", 10],
      ["b", 20],
      ["c", 30],
    ] as const) {
      history.started(address, point(at), 0);
      history.member(address, 5);
    }
  });

  const right = (key: number, owner: string, askedAt: number, answeredAt = askedAt + 1): boolean =>
    history.isRight({ key: point(key), owner, askedAt, answeredAt });

  it("has one right answer while nothing changes: the first node at or after the key", () => {
    for (const [key, owner] of [
      [10, "a"],
      [11, "b"],
      [20, "b"],
      [21, "c"],
      [31, "a"],
      [0, "a"],
    ] as const) {
      expect(["a", "b", "c"].filter((name) => right(key, name, 100))).toEqual([owner]);
    }
  });

  it("takes the dead one or its heir around a death, and only the heir after it", () => {
    history.doomed("b", 100);
    history.ended("b", 102);
    expect(right(15, "b", 99, 101)).toBe(true);
    expect(right(15, "c", 99, 101)).toBe(true);
    expect(right(15, "a", 99, 101)).toBe(false);
    expect(right(15, "b", 103)).toBe(false);
    expect(right(15, "c", 103)).toBe(true);
  });

  it("takes a newcomer only for keys before it, and from its start on", () => {
    history.started("d", point(25), 100);
    expect(right(24, "d", 98, 99)).toBe(false);
    expect(right(24, "d", 98, 101)).toBe(true);
    expect(right(24, "c", 98, 101)).toBe(true);
    expect(right(26, "d", 98, 101)).toBe(false);
    history.member("d", 110);
    expect(right(24, "c", 109, 112)).toBe(true);
    expect(right(24, "c", 111, 112)).toBe(false);
    expect(right(24, "d", 111, 112)).toBe(true);
  });

  it("takes no answer of a former life at the same address for one of the next", () => {
    history.doomed("b", 100);
    history.ended("b", 101);
    history.started("b", point(20), 200);
    expect(right(15, "b", 150, 160)).toBe(false);
    expect(right(15, "b", 150, 201)).toBe(true);
  });

  it("takes a live node's heir for the owner, too, from before the node was taken for dead until the ring is whole", () => {
    history.whole(50);
    history.whole(3000);
    history.silent("b", 3100);
    history.whole(5000);
    expect(history.doubts).toBe(1);
    expect(right(15, "c", 40)).toBe(false);
    expect(right(15, "c", 100)).toBe(true);
    expect(right(15, "b", 100)).toBe(true);
    expect(right(15, "a", 100)).toBe(false);
    expect(right(15, "c", 4999)).toBe(true);
    expect(right(15, "c", 5001)).toBe(false);
  });

  it("has no doubt about a node that was stopped", () => {
    history.doomed("b", 100);
    history.silent("b", 101);
    expect(history.doubts).toBe(0);
  });

  it("tells who was missed", () => {
    expect(history.missed({ key: point(15), owner: "c", askedAt: 100, answeredAt: 101 })).toBe("b");
  });

  it("takes nobody who was never started", () => {
    expect(right(15, "x", 100)).toBe(false);
  });
});
