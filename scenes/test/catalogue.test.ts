import { describe, expect, it } from "vitest";
import { catalogue, chosen } from "../src/catalogue.js";

const names = (wanted: ReadonlyArray<string>): ReadonlyArray<string> =>
  chosen(wanted).map(({ name }) => name);

describe("chosen", () => {
  it("is everything on loopback for nothing", () => {
    expect(chosen([])).toEqual(catalogue.filter(({ name }) => !name.startsWith("cut-")));
  });

  it("takes whole names and beginnings", () => {
    expect(names(["quiet-1"])).toEqual(["quiet-1"]);
    expect(names(["kill"])).toEqual(["kill-one", "kill-two-neighbours"]);
    expect(names(["quiet"])).toHaveLength(6);
  });

  it("refuses what fits none", () => {
    expect(() => chosen(["quite"])).toThrow(/quite/);
  });
});

describe("catalogue", () => {
  it("has no name twice", () => {
    expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length);
  });
});
