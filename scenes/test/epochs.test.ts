import { describe, expect, it } from "vitest";
import { confirmedFrom, contradictions } from "../src/epochs.js";
import { answer, failure } from "./samples.js";

const x = "tcp://x";
const y = "tcp://y";
const tags = (...args: Parameters<typeof contradictions>): ReadonlyArray<string> =>
  contradictions(...args).map(({ _tag }) => _tag);

describe("contradictions", () => {
  it("has nothing against epochs that stay or rise", () => {
    const lookups = [
      answer({ owner: x, epoch: 1, at: [0, 1] }),
      answer({ owner: x, epoch: 1, at: [2, 3] }),
      answer({ owner: y, epoch: 2, at: [4, 5] }),
      failure("TIMEOUT", [6, 7]),
    ];
    expect(tags(lookups)).toEqual([]);
  });

  it("finds an epoch that fell, in whatever order the log has them", () => {
    const before = answer({ owner: y, epoch: 7, at: [0, 1] });
    const after = answer({ owner: x, epoch: 6, at: [2, 3] });
    expect(contradictions([after, before])).toEqual([{ _tag: "EpochFell", earlier: before, later: after }]);
  });

  it("does not order answers that overlap", () => {
    expect(
      tags([answer({ owner: y, epoch: 7, at: [0, 2] }), answer({ owner: x, epoch: 6, at: [1, 3] })]),
    ).toEqual([]);
    expect(
      tags([answer({ owner: y, epoch: 7, at: [0, 2] }), answer({ owner: x, epoch: 6, at: [2, 3] })]),
    ).toEqual([]);
  });

  it("compares with the highest epoch before, not only with the latest answer", () => {
    const lookups = [
      answer({ owner: y, epoch: 7, at: [0, 1] }),
      answer({ owner: x, epoch: 9, at: [0, 2] }),
      answer({ owner: y, epoch: 8, at: [3, 4] }),
    ];
    expect(tags(lookups)).toEqual(["EpochFell"]);
  });

  it("keeps keys apart", () => {
    const lookups = [
      answer({ keyId: 1n, owner: y, epoch: 7, at: [0, 1] }),
      answer({ keyId: 2n, owner: x, epoch: 6, at: [2, 3] }),
    ];
    expect(tags(lookups)).toEqual([]);
  });

  it("finds two nodes in one epoch, overlapping or not", () => {
    expect(
      tags([answer({ owner: x, epoch: 3, at: [0, 5] }), answer({ owner: y, epoch: 3, at: [1, 2] })]),
    ).toEqual(["DoubleClaim"]);
  });

  it("finds x, then y, then x in its old epoch", () => {
    const lookups = [
      answer({ owner: x, epoch: 3, at: [0, 1] }),
      answer({ owner: y, epoch: 4, at: [2, 3] }),
      answer({ owner: x, epoch: 3, at: [4, 5] }),
    ];
    expect(tags(lookups)).toEqual(["EpochFell"]);
  });
});

describe("a paused node", () => {
  const pauses = [{ address: x, from: 100, to: 200 }];

  it("can have answered what it was asked meanwhile only after it woke", () => {
    const asked = answer({ via: x, owner: x, at: [150, 205] });
    expect(confirmedFrom(asked, pauses)).toBe(200);
    expect(confirmedFrom(answer({ via: y, owner: y, at: [150, 205] }), pauses)).toBe(150);
    expect(confirmedFrom(answer({ via: x, owner: x, at: [90, 205] }), pauses)).toBe(90);
  });

  it("contradicts its heir when it wakes and still claims what the heir confirmed meanwhile", () => {
    const heir = answer({ owner: y, epoch: 2, at: [160, 165] });
    const woken = answer({ via: x, owner: x, epoch: 1, at: [150, 201] });
    expect(tags([heir, woken])).toEqual([]);
    expect(tags([heir, woken], pauses)).toEqual(["EpochFell"]);
  });

  it("must not lose its keys while its confirmed lease runs", () => {
    const own = answer({ owner: x, epoch: 1, leaseMs: 40, at: [90, 92] });
    const early = answer({ owner: y, epoch: 2, at: [110, 120] });
    const due = answer({ owner: y, epoch: 2, at: [125, 131] });
    expect(contradictions([own, early], pauses)).toEqual([
      { _tag: "TakenEarly", earlier: own, later: early },
    ]);
    expect(tags([own, due], pauses)).toEqual([]);
  });

  it("may hand them over before it is stopped", () => {
    const own = answer({ owner: x, epoch: 1, leaseMs: 40, at: [90, 92] });
    expect(tags([own, answer({ owner: y, epoch: 2, at: [95, 110] })], pauses)).toEqual([]);
  });
});
