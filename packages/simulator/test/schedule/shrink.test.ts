import { describe, expect, it } from "vitest";
import { play } from "../../src/play.js";
import { draw } from "../../src/schedule/draw.js";
import { scenario } from "../../src/schedule/scenario.js";
import { shrink } from "../../src/schedule/shrink.js";
import { transcript } from "../../src/telling/transcript.js";

/** Under a partition both sides come to own, which is not promised: so there is something to be found. */
const parted = draw(
  scenario({ seed: 8, nodes: 8, perMinute: { cuts: 4, joins: 4, crashes: 2, pauses: 2, lookups: 30 } }),
);

describe("a schedule that breaks a promise", () => {
  const shrunk = shrink(parted, "Overlap", { runsMax: 150 });

  it("shrinks to the few acts that it takes", () => {
    expect(parted.acts.length).toBeGreaterThan(30);
    const acts = shrunk?.schedule.acts ?? [];
    expect(acts.length).toBeLessThanOrEqual(5);
    expect(acts.map(({ _tag }) => _tag)).toContain("Cut");
  });

  it("breaks it again when it is played after a way through JSON, and tells so in a transcript", () => {
    const again = JSON.parse(JSON.stringify(shrunk?.schedule));
    expect(play(again).violations).toContainEqual(shrunk?.violation);
    expect(transcript(again)).toMatch(/^== \d+ cut inside .*(\n.*)*^!! \d+ Overlap: a n\d+ /m);
  });

  it("that keeps the promise does not shrink", () => {
    expect(shrink({ ...parted, acts: parted.acts.slice(0, 8) }, "Overlap")).toBe(null);
  });
});
