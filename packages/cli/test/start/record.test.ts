import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Birth } from "chordnet";
import { afterAll, describe, expect, it } from "vitest";
import { recordTo } from "../../src/start/record.js";
import { birth, created } from "../replay/life.js";

const folder = mkdtempSync(join(tmpdir(), "chordnet-record-"));
afterAll(() => rmSync(folder, { recursive: true }));

const begun: Birth = birth("tcp://127.0.0.1:7001");

describe("a recording", () => {
  it("is there line by line, for its owner alone", () => {
    const path = join(folder, "new");
    const file = recordTo(path, () => undefined);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    file.recorder.born(begun);
    expect(readFileSync(path, "utf8")).toMatch(/^\{"recording":1,"born":\{.*\}\}\n$/);
    file.recorder.stepped(0, created, []);
    expect(readFileSync(path, "utf8").split("\n")).toHaveLength(3);
    expect(file.trouble()).toBe(null);
    file.close();
  });

  it("goes to an empty file that was open to others: it is no longer", () => {
    const path = join(folder, "open");
    writeFileSync(path, "", { mode: 0o644 });
    recordTo(path, () => undefined).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("does not write over another", () => {
    const path = join(folder, "taken");
    writeFileSync(path, "precious");
    expect(() => recordTo(path, () => undefined)).toThrow(/holds something already/);
    expect(readFileSync(path, "utf8")).toBe("precious");
  });

  it("cannot be where there is no folder", () => {
    expect(() => recordTo(join(folder, "no", "file"), () => undefined)).toThrow(
      /^cannot record to .*: no such file or directory$/,
    );
  });

  it("that cannot be written to any more ends, says so once, and lets the node live", () => {
    const told: string[] = [];
    const file = recordTo(join(folder, "lost"), (trouble) => told.push(trouble));
    file.recorder.born(begun);
    file.close();
    file.recorder.stepped(0, created, []);
    file.recorder.stepped(0, created, []);
    expect(told).toEqual([
      expect.stringMatching(/^recording to .*lost ended after 1 lines: bad file descriptor$/),
    ]);
    expect(file.trouble()).toBe(told[0]);
  });
});
