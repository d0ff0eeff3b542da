import { describe, expect, it } from "vitest";
import { configurationNamed, configurations, explore } from "../../src/explorer/index.js";

/** Those that take a few seconds at most. `chordnet explore` and `pnpm explore` run them all. */
const small = ["join", "crash", "join-crash", "joins", "rebirth", "silent-crash", "deaf"];

describe("the explorer", { timeout: 120_000 }, () => {
  it.each(small)("exhausts %s, and no law is broken", (name) => {
    const { cut, violations, missing, states } = explore(configurationNamed(name));
    expect({ violations, missing, cut }).toEqual({ violations: [], missing: [], cut: false });
    expect(states).toBeGreaterThan(500);
  });

  it("exhausts a ring of two of which one is stopped, for as long as it may be", () => {
    const { cut, violations, missing, states } = explore({ ...configurationNamed("nap"), ring: [0, 3] });
    expect({ violations, missing, cut }).toEqual({ violations: [], missing: [], cut: false });
    expect(states).toBeGreaterThan(500);
  });

  it("finds the same states each time", () => {
    const runs = [1, 2].map(() => explore(configurationNamed("silent-crash")));
    expect(runs[0]).toEqual(runs[1]);
  });

  it("says where it was cut off", () => {
    const { cut, states } = explore(configurationNamed("join"), { statesMax: 100 });
    expect({ cut, states }).toEqual({ cut: true, states: 100 });
  });

  it("says what should have happened and did not", () => {
    const configuration = { ...configurationNamed("crash"), sometimes: ["RangeGained: leave"] };
    expect(explore(configuration).missing).toEqual(["RangeGained: leave"]);
  });

  it("names no configuration twice", () => {
    const names = configurations.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
