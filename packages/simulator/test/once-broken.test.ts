import { describe, expect, it } from "vitest";
import { play } from "../src/play.js";
import { smallest } from "./smallest.js";

describe("what once broke a promise", () => {
  it.each(smallest)("$why", ({ schedule }) => {
    expect(play(schedule).violations).toEqual([]);
  });
});
