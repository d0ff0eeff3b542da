import { describe, expect, it } from "vitest";
import { machineTrouble } from "../../src/joining/seed-failure.js";
import { SeedTroubles } from "../../src/joining/seed-troubles.js";

const self = "memory://self";
const [a, b] = ["memory://a", "memory://b"];
const taken = { code: "address-taken", detail: "another is alive there" };

let now = 0;

describe("what is wrong with seeds", () => {
  it("is news when it is something else than before", () => {
    const troubles = new SeedTroubles(self, () => now);
    expect(troubles.note(machineTrouble(a, "silent"))).toBe(true);
    expect(troubles.note(machineTrouble(a, "silent"))).toBe(false);
    expect(troubles.note(machineTrouble(a, "refused"))).toBe(true);
    expect(troubles.all).toEqual([machineTrouble(a, "refused")]);
  });

  it("is news once where two reasons take turns, and again when one has been gone for a minute", () => {
    const troubles = new SeedTroubles(self, () => now);
    const noted = (...reasons: ReadonlyArray<"silent" | "refused">): ReadonlyArray<boolean> =>
      reasons.map((reason) => {
        now += 25_000;
        return troubles.note(machineTrouble(a, reason));
      });
    expect(noted("silent", "refused", "silent", "refused")).toEqual([true, true, false, false]);
    expect(noted("refused", "silent", "refused")).toEqual([false, true, false]);
    expect(troubles.reason(a)).toBe("refused");
  });

  it("stays a refusal where the seed is not dialled again so soon", () => {
    const troubles = new SeedTroubles(self, () => now);
    troubles.refused(a, taken);
    expect(troubles.note(machineTrouble(a, "unreachable"))).toBe(false);
    expect(troubles.reason(a)).toBe("address-taken");
  });

  it("is agreed on by all that answered, as often as is asked for, and by no less than one", () => {
    const troubles = new SeedTroubles(self, () => now);
    const agreed = (times: number): boolean => troubles.agree([a, b], taken.code, times);
    troubles.note(machineTrouble(b, "silent"));
    expect(troubles.agree([b], taken.code, 1)).toBe(false);
    troubles.refused(a, taken);
    expect([agreed(1), agreed(2)]).toEqual([true, false]);
    troubles.refused(a, taken);
    expect(agreed(2)).toBe(true);
    troubles.note(machineTrouble(b, "not-member"));
    expect(agreed(1)).toBe(false);
  });

  it("begins anew where the same seed refuses for something else", () => {
    const troubles = new SeedTroubles(self, () => now);
    for (const code of [taken.code, "busy", taken.code]) troubles.refused(a, { code, detail: "" });
    expect(troubles.agree([a], taken.code, 2)).toBe(false);
  });
});

describe("why nobody could be used", () => {
  it("is told as what the caller can mend, where it is", () => {
    const troubles = new SeedTroubles(self, () => now);
    troubles.note({ seed: a, reason: "self", detail: "it is this node itself" });
    expect(troubles.nobody([self, a])).toMatchObject({ code: "SELF_JOIN", data: { address: self } });
    troubles.note({ seed: b, reason: "bad-address", detail: "no port" });
    expect(troubles.nobody([b])).toMatchObject({ code: "BAD_ADDRESS", data: { reason: "no port" } });
    expect(troubles.nobody([a, b])).toMatchObject({ code: "NO_SEED", data: { seeds: troubles.all } });
    expect(troubles.nobody([])).toMatchObject({ code: "NO_SEED" });
  });

  it("has for its cause what the function that finds seeds threw last, until that finds some", () => {
    const troubles = new SeedTroubles(self, () => now);
    const thrown = new Error("no name server");
    expect(troubles.finderFailed(thrown)).toBe(true);
    expect(troubles.noSeed()).toMatchObject({ cause: thrown, data: { seeds: [{ seed: "seeds()" }] } });
    troubles.forget("seeds()");
    expect(troubles.noSeed().cause).toBeUndefined();
  });
});
