import { describe, expect, it } from "vitest";
import { advance, idOf, ringOrder } from "../src/identifiers.js";
import { Timeline } from "../src/timeline.js";

const [a, b, c] = ringOrder(["tcp://a", "tcp://b", "tcp://c"]) as [string, string, string];

function ringOfThree(): Timeline {
  const timeline = new Timeline();
  for (const address of [a, b, c]) timeline.record(address, "member", 0);
  return timeline;
}

const candidates = (timeline: Timeline, keyId: bigint, from: number, to: number): ReadonlyArray<string> =>
  [...timeline.candidates(keyId, from, to)].sort();

describe("Timeline", () => {
  it("knows nobody before anything was recorded", () => {
    expect(candidates(new Timeline(), 0n, 0, 10)).toEqual([]);
    expect(new Timeline().standing(a, 5)).toBe("gone");
  });

  it("names one owner where nothing changes", () => {
    expect(candidates(ringOfThree(), idOf(b), 10, 20)).toEqual([b]);
    expect(candidates(ringOfThree(), advance(idOf(b), 1n), 10, 20)).toEqual([c]);
    expect(candidates(ringOfThree(), advance(idOf(c), 1n), 10, 20)).toEqual([a]);
  });

  it("names the leaver and its heir while it leaves, and only the heir afterwards", () => {
    const timeline = ringOfThree();
    timeline.record(b, "maybe", 100);
    timeline.record(b, "gone", 110);
    expect(candidates(timeline, idOf(b), 90, 99)).toEqual([b]);
    expect(candidates(timeline, idOf(b), 90, 101)).toEqual([b, c].sort());
    expect(candidates(timeline, idOf(b), 105, 120)).toEqual([b, c].sort());
    expect(candidates(timeline, idOf(b), 110, 120)).toEqual([c]);
  });

  it("counts who came in or went out at the ends of the interval", () => {
    const timeline = ringOfThree();
    timeline.record(b, "gone", 100);
    expect(candidates(timeline, idOf(b), 50, 100)).toEqual([b, c].sort());
    expect(candidates(timeline, idOf(b), 100, 100)).toEqual([c]);
  });

  it("skips several that are perhaps there, up to the first that certainly is", () => {
    const timeline = ringOfThree();
    timeline.record(a, "maybe", 10);
    timeline.record(b, "maybe", 10);
    expect(candidates(timeline, idOf(a), 20, 30)).toEqual([a, b, c].sort());
  });

  it("takes what is recorded out of order, and what lies ahead", () => {
    const timeline = ringOfThree();
    timeline.record(b, "gone", 200);
    timeline.record(b, "maybe", 100);
    expect(timeline.standing(b, 99)).toBe("member");
    expect(timeline.standing(b, 150)).toBe("maybe");
    expect(timeline.standing(b, 200)).toBe("gone");
  });

  it("calls untouched only who was a member without a break", () => {
    const timeline = ringOfThree();
    timeline.record(b, "maybe", 100);
    timeline.record(b, "member", 120);
    expect(timeline.untouched(b, 0, 99)).toBe(true);
    expect(timeline.untouched(b, 0, 130)).toBe(false);
    expect(timeline.untouched(b, 120, 130)).toBe(true);
    expect(timeline.untouched("tcp://unknown", 0, 10)).toBe(false);
  });

  it("tells who was perhaps there", () => {
    const timeline = ringOfThree();
    timeline.record(b, "gone", 100);
    expect(timeline.present(b, 90, 110)).toBe(true);
    expect(timeline.present(b, 101, 110)).toBe(false);
  });
});
