import { describe, expect, it } from "vitest";
import { frames } from "../src/attacks/frames.js";
import { replay } from "../src/attacks/fuzz.js";
import { liar } from "../src/attacks/liar.js";

describe("attacks without processes", () => {
  it("hostile frames against decoder and state machine lose nothing", async () => {
    const { lost, tried } = await frames.run({ seed: 1, count: 20_000, keep: false });
    expect({ lost, tried }).toEqual({ lost: [], tried: expect.stringMatching(/^20,000 frames/) });
  });

  it("nor do the scenes that a fuzzer found to lead far into them", async () => {
    const { lost, tried } = await replay.run({ seed: 1, count: null, keep: false });
    expect({ lost, tried }).toEqual({ lost: [], tried: expect.stringMatching(/^the [1-9]\d* scenes/) });
  });

  it("a liar crashes nobody, and no lookup is endless", async () => {
    expect((await liar.run({ seed: 1, count: null, keep: false })).lost).toEqual([]);
  });
});
