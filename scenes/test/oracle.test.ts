import { describe, expect, it } from "vitest";
import { advance, idOf, ringOrder } from "../src/identifiers.js";
import { judge, untouchedOwner } from "../src/oracle.js";
import { Timeline } from "../src/timeline.js";
import { answer, failure } from "./samples.js";

const [a, b, c] = ringOrder(["tcp://a", "tcp://b", "tcp://c"]) as [string, string, string];

function killedAt(instant: number): Timeline {
  const timeline = new Timeline();
  for (const address of [a, b, c]) timeline.record(address, "member", 0);
  timeline.record(b, "maybe", instant);
  timeline.record(b, "gone", instant + 1);
  return timeline;
}

const keyOfB = advance(idOf(b), -1n);

describe("judge", () => {
  it("calls right what the sorted list says", () => {
    expect(judge(killedAt(100), answer({ keyId: keyOfB, owner: b, at: [10, 20] }))).toEqual({
      _tag: "Right",
    });
  });

  it("calls wrong another node, however much alive", () => {
    const verdict = judge(killedAt(100), answer({ keyId: keyOfB, owner: c, at: [10, 20] }));
    expect(verdict).toEqual({ _tag: "Wrong", reason: "not-the-owner", allowed: [b] });
  });

  it("calls wrong a node that was dead before the question", () => {
    const verdict = judge(killedAt(100), answer({ keyId: keyOfB, owner: b, at: [101, 110] }));
    expect(verdict).toEqual({ _tag: "Wrong", reason: "gone", allowed: [c] });
  });

  it("allows the dead one and its heir to whom asked before the death and heard after it", () => {
    const timeline = killedAt(100);
    expect(judge(timeline, answer({ keyId: keyOfB, owner: b, at: [99, 110] }))._tag).toBe("Right");
    expect(judge(timeline, answer({ keyId: keyOfB, owner: c, at: [99, 110] }))._tag).toBe("Right");
    expect(judge(timeline, answer({ keyId: keyOfB, owner: a, at: [99, 110] }))._tag).toBe("Wrong");
  });

  it("calls wrong an id that is not its address's", () => {
    const good = answer({ keyId: keyOfB, owner: b, at: [10, 20] });
    const forged = { ...good, outcome: { ...good.outcome, ownerId: 1n } };
    expect(judge(killedAt(100), forged)).toMatchObject({ _tag: "Wrong", reason: "id-is-not-the-address's" });
  });

  it("does not judge what was not answered", () => {
    expect(judge(killedAt(100), failure("TIMEOUT", [0, 5]))).toEqual({ _tag: "NotAnswered" });
  });
});

describe("untouchedOwner", () => {
  it("is the owner where nothing that concerns the key changed", () => {
    expect(untouchedOwner(killedAt(100), idOf(a), 50, 200)).toBe(a);
    expect(untouchedOwner(killedAt(100), keyOfB, 0, 99)).toBe(b);
  });

  it("is nobody for the keys of a node that died, before and after", () => {
    expect(untouchedOwner(killedAt(100), keyOfB, 50, 200)).toBeNull();
    expect(untouchedOwner(killedAt(100), keyOfB, 100, 100)).toBeNull();
  });

  it("counts the keys that the heir had before", () => {
    expect(untouchedOwner(killedAt(100), idOf(c), 50, 200)).toBe(c);
  });
});
