import { describe, expect, it } from "vitest";
import { Lives } from "../src/lives.js";

describe("lives of peers whose wire does not tell them apart", () => {
  it("one that was found dead begins another, everybody else's goes on", () => {
    const lives = new Lives();
    lives.ended("python://a:1");
    expect([lives.of("python://a:1"), lives.of("python://b:1")]).toEqual([2, 1]);
    lives.ended("python://a:1");
    expect(lives.of("python://a:1")).toBe(3);
  });

  it("a peer that is spoken with is not turned back to its first life by the deaths of thousands", () => {
    const lives = new Lives();
    lives.ended("python://a:1");
    for (let i = 0; i < 10_000; i += 1) {
      lives.ended(`python://b:${i}`);
      if (i % 1_000 === 0) lives.of("python://a:1");
    }
    expect(lives.of("python://a:1")).toBe(2);
  });
});
