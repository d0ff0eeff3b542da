import { describe, expect, it } from "vitest";
import { forgotten, handled } from "../src/handled.js";
import type { NodeProcess } from "../src/node-process.js";
import type { Asked } from "../src/request-load.js";

const acknowledged = (serial: number, key: string, count: number): Asked => ({
  serial,
  key,
  sentAt: 0,
  settledAt: 1,
  timeoutMs: 1_000,
  outcome: { _tag: "Acknowledged", count, warm: true },
});

const life = (...handlings: ReadonlyArray<readonly [serial: string, request: string]>): NodeProcess =>
  ({ events: handlings.map(([serial, request]) => ({ event: "handled", serial, request })) }) as never;

describe("handled", () => {
  it("finds what was acknowledged and handled by nobody", () => {
    const asked = [acknowledged(0, "a", 1), acknowledged(1, "b", 1)];
    expect(handled(asked, [life(["0", "x"])]).lost).toEqual([asked[1]]);
  });

  it("counts what was handled twice, by whomever, and under which name", () => {
    const lives = [life(["0", "x"], ["1", "y"]), life(["0", "x"], ["1", "z"], ["2", "w"])];
    expect(handled([], lives)).toEqual({ lost: [], twice: 2, renamed: 1 });
  });
});

describe("forgotten", () => {
  it("is what a key's last count lacks of its acknowledged ones", () => {
    const asked = [acknowledged(0, "a", 1), acknowledged(1, "a", 2), acknowledged(2, "b", 1)];
    expect(forgotten(asked, [acknowledged(3, "a", 3), acknowledged(4, "b", 2)])).toBe(0);
    expect(forgotten(asked, [acknowledged(3, "a", 1), acknowledged(4, "b", 3)])).toBe(2);
  });
});
