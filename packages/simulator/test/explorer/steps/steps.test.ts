import { nextDeadline, step } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { laws } from "./index.js";
import { judged } from "./law.js";

describe("in every case there is", () => {
  it.each(laws)("$name", (law) => {
    const { cases, fault } = judged(law, { step, nextDeadline });
    expect(fault).toBe(null);
    expect(cases).toBeGreaterThan(500);
  });
});
