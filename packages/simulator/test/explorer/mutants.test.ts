import * as core from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { mutants } from "./mutants.js";
import { killer, mutated, occurrences } from "./mutate.js";

/** In every run a few that die young; `pnpm mutants` runs all, and prints who killed whom. */
const all = process.env.MUTANTS === "all";
const young = [
  "the successor's list is not taken over",
  "a node keeps the part that it handed over",
  "a takeover keeps the old epoch",
  "a silent node's range is taken while its lease runs",
];
const run = mutants.filter(({ why }) => all || young.includes(why));

describe("the mutants", () => {
  it.each(mutants)("can be made, each in one place: $why", (mutant) => {
    expect(occurrences(mutant)).toBe(1);
  });

  it.each(run)("$file: $why; and it is found", { timeout: 3_600_000 }, async (mutant) => {
    const found = killer(await mutated(mutant), mutant.hint);
    if (all && found !== null)
      console.log(`| ${mutant.file} | ${mutant.why} | ${found.check} | ${found.by} | ${found.after} |`);
    expect(found).not.toBe(null);
  });

  // The same checks, so that none of them finds a fault where there is none.
  if (all)
    it("none is found in the core itself", { timeout: 3_600_000 }, () => expect(killer(core)).toBe(null));
});
