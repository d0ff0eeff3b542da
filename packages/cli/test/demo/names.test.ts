import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileNames } from "../../src/demo/names.js";

describe("fileNames", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "chordnet-names-"));
    mkdirSync(join(folder, "node_modules/a"), { recursive: true });
    mkdirSync(join(folder, "below/deep"), { recursive: true });
    writeFileSync(join(folder, "node_modules/a/1.js"), "");
    writeFileSync(join(folder, "node_modules/a/2.js"), "");
    symlinkSync("../a", join(folder, "node_modules/a/self"));
    symlinkSync("a", join(folder, "node_modules/b"));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it("finds the nearest node_modules, from here upwards", () => {
    expect(fileNames(undefined, join(folder, "below/deep"), 2).names).toEqual([
      "node_modules/a/1.js",
      "node_modules/a/2.js",
    ]);
  });

  it("goes through links only where files are too few, and never round in circles", () => {
    expect([...fileNames(undefined, folder, 10).names].sort()).toEqual([
      "node_modules/a/1.js",
      "node_modules/a/2.js",
      "node_modules/a/self/1.js",
      "node_modules/a/self/2.js",
      "node_modules/b/1.js",
      "node_modules/b/2.js",
    ]);
  });

  it("says what to do where there is nothing", () => {
    expect(() => fileNames("nowhere", folder, 10)).toThrow("--files");
    expect(() => fileNames("below", folder, 10)).toThrow("no files");
  });
});
