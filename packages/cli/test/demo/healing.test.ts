import type { NodeView } from "chordnet";
import { describe, expect, it } from "vitest";
import { isIdeal } from "../../src/demo/healing.js";

const peer = (id: string) => ({ id, address: `tcp://${id}:1`, host: id, port: 1 });

function view(id: string, from: string, next: string): NodeView {
  const claim = { from, to: id, epoch: 1 };
  return { ...peer(id), predecessor: peer(from), successors: [peer(next)], claim, leaseMs: 100 };
}

describe("isIdeal", () => {
  it("holds where every node claims from the one before it to itself", () => {
    expect(isIdeal([view("10", "30", "20"), view("30", "20", "10"), view("20", "10", "30")])).toBe(true);
    expect(isIdeal([view("10", "10", "10")])).toBe(true);
  });

  it("does not hold where one is silent, claims nothing or too much, or names another successor", () => {
    const whole = [view("10", "20", "20"), view("20", "10", "10")] as const;
    expect(isIdeal([...whole])).toBe(true);
    expect(isIdeal([whole[0], null])).toBe(false);
    expect(isIdeal([whole[0], { ...whole[1], claim: null }])).toBe(false);
    expect(isIdeal([whole[0], view("20", "20", "10")])).toBe(false);
    expect(isIdeal([whole[0], { ...whole[1], successors: [] }])).toBe(false);
  });
});
