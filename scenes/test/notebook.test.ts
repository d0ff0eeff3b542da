import { describe, expect, it } from "vitest";
import { Notebook } from "../src/notebook.js";
import { summary } from "../src/summary.js";

function notebook(): { readonly book: Notebook; readonly told: string[] } {
  const told: string[] = [];
  return { book: new Notebook((line) => told.push(line)), told };
}

describe("Notebook", () => {
  it("passes a scene that keeps all its bounds", () => {
    const { book, told } = notebook();
    book.atMost("time, intervals", 3, 3);
    book.atLeast("share", 99.9, 99.9, " %");
    book.exactly("wrong answers", 0, 0);
    expect(book.report("scene", "must", 1.234)).toMatchObject({ pass: true, seconds: 1.2 });
    expect(told[0]).toBe("  pass  time, intervals: 3 (<= 3)");
  });

  it("does not pass one that missed one, had nothing to measure, or checked nothing", () => {
    const { book, told } = notebook();
    book.atMost("time", 3.0001, 3);
    expect(told[0]).toBe("  FAIL  time: 3.0001 (<= 3)");
    expect(book.report("scene", "must", 1).pass).toBe(false);
    const unmeasured = notebook().book;
    unmeasured.atMost("time", Number.NaN, 3);
    expect(unmeasured.report("scene", "must", 1).pass).toBe(false);
    expect(notebook().book.report("scene", "must", 1).pass).toBe(false);
  });

  it("keeps figures short and evidence bounded", () => {
    const { book } = notebook();
    book.figure("median", 1.23456);
    book.figure("all", [0.001, 1.239]);
    book.evidence("rare", "one");
    for (let i = 0; i < 50; i += 1) book.evidence("frequent", `line ${i}`);
    const { figures, evidence } = book.report("scene", "must", 1);
    expect(figures).toEqual({ median: 1.23, all: [0.001, 1.24] });
    expect(evidence).toHaveLength(10);
    expect(evidence[0]).toBe("rare: one");
    expect(evidence.at(-1)).toBe("frequent: and 42 more like these");
  });
});

describe("summary", () => {
  it("has a line a scene, the bounds that were missed, and the count", () => {
    const { book } = notebook();
    book.figure("lookups", 7);
    book.exactly("wrong answers", 2, 0);
    const lines = summary([book.report("quiet-3", "must", 2)]);
    expect(lines).toContainEqual(expect.stringMatching(/^quiet-3 +FAIL +7 +2 +2\.0 s$/));
    expect(lines).toContain("missed in quiet-3: wrong answers: 2 (= 0)");
    expect(lines.at(-1)).toBe("0 scenes passed, 1 failed");
  });
});
