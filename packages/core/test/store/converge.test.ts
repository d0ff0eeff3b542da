import { describe, expect, it } from "vitest";
import * as pending from "../../src/pending.js";
import type { Difference, StoreAnswer } from "../../src/store/call.js";
import { entryOf, headOf } from "../../src/store/entry.js";
import { b, name, nobody, Stage } from "./stage.js";

/** How many comparisons it takes until nothing more is asked, where the other side always says the same. */
function compared(stage: Stage, ownEntries: number, difference: Difference): number {
  let rounds = 0;
  while (stage.all("Digests").length > 0 && rounds < 1_000) {
    const { task, arcs } = stage.only("Digests");
    const digests = arcs.map(() => ({ entries: ownEntries, sum: 1n }));
    const asked = stage.tell({ _tag: "DigestsRead", task, digests }).only("Call");
    const parts = arcs.map(() => difference);
    const answer: StoreAnswer = { _tag: "Compared", parts, complete: true, holders: null, awaited: [] };
    stage.answered(asked, answer);
    for (const { left } of pending.entries(stage.state.syncs)) expect(left.length).toBeLessThanOrEqual(512);
    rounds += 1;
  }
  return rounds;
}

describe("a comparison", () => {
  it("ends, and keeps little, where the other side has everything split", () => {
    const stage = new Stage().seated({ reason: "join", peer: b });
    expect(compared(stage, 0, { _tag: "Split" })).toBeLessThan(10);
    expect(stage.state.syncs.size).toBe(0);
  });

  it("waits as long for a long value as that takes over a long way", () => {
    const long = entryOf(name, 1_000, new Uint8Array(4 * 1024 * 1024));
    const stage = new Stage().seated({ reason: "join", peer: b });
    compared(stage, 0, { _tag: "Listed", heads: [headOf(long)] });
    const { task } = stage.only("Listing");
    stage.tell({ _tag: "HeadsRead", task, lists: [[]], more: false });
    const fetching = stage.only("Call");
    stage.tick(9_900);
    expect(stage.all("Forget").map(({ task: forgotten }) => forgotten)).not.toContain(fetching.task);
    const brought = { ...nobody, entries: [long], complete: true };
    expect(stage.answered(fetching, brought).only("Write").put).toEqual([long]);
  });

  it("lists nothing that is too long for it, whatever the other side says", () => {
    const stage = new Stage().seated({ reason: "join", peer: b });
    expect(compared(stage, 257, { _tag: "Listed", heads: [] })).toBe(1);
    expect([stage.all("Listing"), stage.state.syncs.size]).toEqual([[], 0]);
    const honest = new Stage().seated({ reason: "join", peer: b });
    expect(compared(honest, 256, { _tag: "Listed", heads: [] })).toBe(1);
    expect(honest.all("Listing")).toHaveLength(1);
  });
});
