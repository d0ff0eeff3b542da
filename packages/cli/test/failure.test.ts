import { readFileSync, renameSync } from "node:fs";
import { ChordNetError } from "chordnet";
import { describe, expect, it } from "vitest";
import { reasonOf, refusalOf } from "../src/failure.js";

describe("what was thrown", () => {
  it("is told in one line", () => {
    expect(reasonOf(new Error("one\n  two"))).toBe("one two");
    expect(reasonOf("text")).toBe("text");
    expect(reasonOf(new Error("a \u001b[31mred\u001b[0m bell\u0007\u009b, ö"))).toBe("a [31mred[0m bell, ö");
  });

  it("is told in the system's words where the file is named already", () => {
    const refusal = (act: () => void): string => {
      try {
        act();
        return "nothing";
      } catch (error) {
        return refusalOf(error);
      }
    };
    expect(refusal(() => readFileSync("/no/such, file"))).toBe("no such file or directory");
    expect(refusal(() => renameSync("/no/a", "/no/b"))).toBe("no such file or directory");
    expect(refusal(() => readFileSync("/"))).toBe("illegal operation on a directory");
    expect(refusalOf(new Error("it has a line longer than 5"))).toBe("it has a line longer than 5");
  });

  it.each([
    [new ChordNetError("TIMEOUT", { what: "lookup", timeoutMs: 5 }), "--timeout-ms", "timeoutMs"],
    [new ChordNetError("TIMEOUT", { what: "leave", timeoutMs: 5 }), "--leave-timeout-ms", "timeoutMs"],
    [new ChordNetError("BAD_KEY", { received: "one of 0 bytes" }), "the key has 0 bytes", "Uint8Array"],
    [new ChordNetError("SELF_JOIN", { address: "tcp://h:1" }), "--create", "create()"],
    [new ChordNetError("NO_OWNER", { attempts: 1, last: "too-few-members" }), "--min-members", "minMembers"],
  ])("names options instead of what a program would call: %s", (error, option, call) => {
    expect(reasonOf(error)).toContain(option);
    expect(reasonOf(error)).not.toContain(call);
  });
});
