import { describe, expect, it } from "vitest";
import { frames } from "../src/attacks/frames.js";
import { liar } from "../src/attacks/liar.js";

describe("attacks without processes", () => {
  it("hostile frames against decoder and state machine lose nothing", async () => {
    const { lost, tried } = await frames.run({ seed: 1, count: 20_000 });
    expect({ lost, tried }).toEqual({ lost: [], tried: expect.stringMatching(/^20,000 frames/) });
  });

  it("a liar crashes nobody, and no lookup is endless", async () => {
    expect((await liar.run({ seed: 1, count: null })).lost).toEqual([]);
  });
});
