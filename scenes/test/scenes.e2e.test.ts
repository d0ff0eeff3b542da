import { describe, expect, it } from "vitest";
import { perform } from "../src/perform.js";
import { deploy } from "../src/scenes/deploy.js";
import { kill } from "../src/scenes/kill.js";
import { leave } from "../src/scenes/leave.js";
import { quiet } from "../src/scenes/quiet.js";
import { restart } from "../src/scenes/restart.js";

// The same scenes and bounds as `pnpm scenes`, with fewer nodes and one round each.
const selection = [
  quiet(1),
  quiet(3),
  quiet(8),
  kill(1, 5, 1),
  restart("at-once", 5, 1),
  leave(1, 5, 1),
  deploy("SIGTERM", 4),
];
const wish = { ratePerSecond: 50, minutes: null, values: null };

describe("a ring of real processes", () => {
  it.each(selection)("$name: $must", async (scene) => {
    const { checks, evidence } = await perform(scene, { seed: 1, tell: () => undefined, wish });
    expect(
      checks.filter(({ pass }) => !pass),
      evidence.join("\n"),
    ).toEqual([]);
    expect(checks.length).toBeGreaterThan(0);
  });
});
