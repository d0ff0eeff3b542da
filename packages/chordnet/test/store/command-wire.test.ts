import { utf8 } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { ChordNetError } from "../../src/errors/errors.js";
import { copiesMost, decodeOutcome, encodeOutcome } from "../../src/store/command-wire.js";

describe("an outcome that says who has no room", () => {
  it.each([
    { reason: "full", at: ["tcp://a:1"] },
    { reason: "quota", at: ["tcp://a:1", "wss://b.example/ring"] },
    { reason: "full", at: [] },
  ] as const)("comes back as it was: $reason at $at", (room) => {
    const outcome = { _tag: "NoRoom", ...room } as const;
    expect(decodeOutcome(encodeOutcome(outcome))).toEqual(outcome);
  });

  it("is read without what is no address, and with no more than there can be copies", () => {
    const read = (text: string) => decodeOutcome(Uint8Array.of(5, 1, ...utf8(text)));
    expect(read("tcp://a:1 nonsense \x1b[2J tcp://b:1")).toMatchObject({ at: ["tcp://a:1", "tcp://b:1"] });
    expect(read("tcp://a:1 ".repeat(copiesMost + 1))).toMatchObject({
      at: Array.from({ length: copiesMost }, () => "tcp://a:1"),
    });
    expect(decodeOutcome(Uint8Array.of(5, 1, 0xff))).toMatchObject({ reason: "full", at: [] });
  });

  it.each([
    ["full", ["tcp://a:1"], "at tcp://a:1: make room on the full disk there, or start more nodes"],
    [
      "quota",
      ["tcp://a:1", "tcp://b:1"],
      "at tcp://a:1, tcp://b:1: raise the quota there, or start more nodes",
    ],
    ["quota", [], "at those that should keep it: raise the quota there, or start more nodes"],
  ] as const)("is told in words: %s at %j", (reason, addresses, words) => {
    expect(new ChordNetError("NO_ROOM", { reason, addresses }).message).toBe(`there is no room ${words}`);
  });
});
