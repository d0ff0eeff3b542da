import type { Verdict } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { answers, deaths, goodbyes, judged, words } from "./cases.js";
import type { Mutant } from "./mutants.js";
import { mutants } from "./mutants.js";
import { mutated } from "./mutate.js";

describe("Zave's invariant, from every state that has it", { timeout: 300_000 }, () => {
  const wait: Verdict = { _tag: "Wait", soon: false };

  it.each(["head", "candidate"] as const)(
    "is kept by an answer of any node that was asked as a %s",
    (role) => {
      const { states, faults } = judged(answers(wait, role));
      expect(faults).toEqual([]);
      expect(states).toBeGreaterThan(100_000);
    },
  );

  it.each([
    ["a lease", { _tag: "Granted", leaseMs: 2250 }],
    ["a range", { _tag: "Handed", token: { epoch: 9, length: 1n }, beneath: [] }],
  ] as const)("is kept by an answer that brings %s", (_, verdict) => {
    const { states, faults } = judged(answers(verdict, "head", false));
    expect(faults).toEqual([]);
    expect(states).toBeGreaterThan(100_000);
  });

  it.each([
    ["whatever else one node may say to another", words],
    ["a goodbye", goodbyes],
    ["a death that is told, refused, or silent", deaths],
  ] as const)("is kept by %s", (_, cases) => {
    const { states, faults } = judged(cases());
    expect(faults).toEqual([]);
    expect(states).toBeGreaterThan(10_000);
  });

  it("would be broken if whoever answers became the successor, and that is found", async () => {
    const mutant = mutants.find(({ why }) => why === "whoever answers becomes the successor") as Mutant;
    const { faults } = judged(answers(wait, "candidate", false), (await mutated(mutant)).step);
    expect(faults).not.toEqual([]);
  });
});
