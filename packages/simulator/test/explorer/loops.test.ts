import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { badLoop } from "../../src/explorer/loops.js";
import { Numbers, Visited } from "../../src/explorer/visited.js";

function graphOf(lists: ReadonlyArray<ReadonlyArray<number>>) {
  const starts = new Numbers();
  const edges = new Numbers();
  for (const list of lists) {
    starts.push(edges.length);
    for (const to of list) edges.push(to % lists.length);
  }
  starts.push(edges.length);
  return { starts, edges };
}

/** Whether one can come from `from` back to it. */
function comesBack(lists: ReadonlyArray<ReadonlyArray<number>>, from: number): boolean {
  const seen = new Set<number>();
  const open = [...(lists[from] ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const state = next % lists.length;
    if (state === from) return true;
    if (seen.has(state)) continue;
    seen.add(state);
    open.push(...(lists[state] ?? []));
  }
  return false;
}

describe("loops", () => {
  it("are found where one can come back to a state that is not good, and only there", () => {
    const lists = fc.array(fc.array(fc.nat(11), { maxLength: 3 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(lists, fc.nat(4095), (to, goods) => {
        const good = (state: number): boolean => (goods & (1 << state)) !== 0;
        const bad = to.map((_, state) => state).filter((state) => !good(state) && comesBack(to, state));
        const found = badLoop(graphOf(to), good);
        if (found === null) expect(bad).toEqual([]);
        else expect(bad).toContain(found);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("visited states", () => {
  it("are numbered in the order in which they come, each once", () => {
    const digests = fc.array(fc.record({ high: fc.nat(300), low: fc.nat(300) }), { maxLength: 2000 });
    fc.assert(
      fc.property(digests, (list) => {
        const visited = new Visited();
        const numbers = new Map<string, number>();
        for (const digest of list) {
          const key = `${digest.high} ${digest.low}`;
          if (!numbers.has(key)) numbers.set(key, numbers.size);
          expect(visited.number(digest)).toBe(numbers.get(key));
        }
        expect(visited.size).toBe(numbers.size);
      }),
      { numRuns: 20 },
    );
  });

  it("are kept apart past the size that the table begins with", () => {
    const visited = new Visited();
    const wrong: number[] = [];
    for (let i = 0; i < 200_000; i++) if (visited.number({ high: i >>> 3, low: i & 7 }) !== i) wrong.push(i);
    expect(wrong).toEqual([]);
    expect(visited.number({ high: 5, low: 3 })).toBe(43);
  });
});
