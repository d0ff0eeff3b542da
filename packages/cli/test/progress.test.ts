import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { progress } from "../src/progress.js";
import { screen } from "./screen.js";

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
const wrapLines = "\u001b[?7h";

describe("a bar", () => {
  it("gives the terminal back when it stops", () => {
    const { terminal, stderr } = screen({ isTTY: true });
    const bar = progress(terminal.err, "lookups");
    bar.show(1, 2);
    expect(stderr()).toContain(hideCursor);
    expect(stderr()).not.toContain(showCursor);
    bar.stop();
    expect(stderr()).toContain(showCursor);
    expect(stderr()).toContain(wrapLines);
  });

  it("gives the terminal back when the process ends under it, and listens no longer than it is shown", () => {
    const before = new Set(process.listeners("exit"));
    const added = () => process.listeners("exit").filter((listener) => !before.has(listener));
    const { terminal, stderr } = screen({ isTTY: true });
    const bar = progress(terminal.err, "lookups");
    expect(added()).toEqual([]);
    bar.show(1, 2);
    for (const listener of added()) listener(0);
    expect(stderr()).toContain(showCursor);
    expect(stderr()).toContain(wrapLines);
    expect(added()).toEqual([]);
    bar.stop();
  });

  it.each([80, 60])("that holds the process up tells all that fits in %i columns, and no more", (columns) => {
    const { terminal, stderr } = screen({ isTTY: true, columns });
    const bar = progress(terminal.err, "simulating", true);
    bar.show(4, 35, "minutes · 1,234 nodes and more that is said");
    bar.stop();
    const seen = stripVTControlCharacters(stderr()).replaceAll("\r", "");
    const whole = `simulating ${"━━━".padEnd(24)} 4/35 minutes · 1,234 nodes and more that is said`;
    expect(seen.slice(seen.indexOf("simulating"))).toBe(whole.slice(0, columns));
  });

  it("is not there where nobody looks", () => {
    const { terminal, stderr } = screen();
    const bar = progress(terminal.err, "lookups");
    bar.show(1, 2);
    bar.stop();
    expect(stderr()).toBe("");
  });
});
