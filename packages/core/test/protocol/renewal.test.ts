import { describe, expect, it } from "vitest";
import type { Stepped } from "../small-ring.js";
import { ask, at, beneath, granted, hears, hearsay, member, range, report, verdict } from "../small-ring.js";

/** Who had no lease for a while is handed its range anew, unless its heir has known it all along. */

describe("an heir", () => {
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
});
