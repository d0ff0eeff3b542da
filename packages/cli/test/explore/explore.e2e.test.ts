import { afterEach, expect, it } from "vitest";
import { chordnet, killAll } from "../processes.js";

afterEach(killAll);

it("an exploration that nobody reads any more ends, and is not gone on with", async () => {
  // All that there are would take longer than a test may.
  const { child, ended, line } = chordnet("explore");
  await line((text) => text.startsWith("join "));
  child.stdout?.destroy();
  const { status, stderr } = await ended;
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
