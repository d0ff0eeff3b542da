import { describe, expect, it } from "vitest";
import type { Address } from "../../src/peer.js";
import type { Call } from "../../src/store/effect.js";
import { at, b, c, claim, Stage } from "./stage.js";

/** A process that has an entry outside of what it owns, and has found that `b` owns that. */
function offering(): { readonly stage: Stage; readonly asked: Call } {
  const stage = new Stage(1).seated().tick(60_000);
  const digests = [{ entries: 1, sum: 7n }];
  const { task: counted, arcs } = stage.only("Digests");
  expect(arcs).toEqual([{ start: claim.end, end: claim.start }]);
  const { task: located } = stage.tell({ _tag: "DigestsRead", task: counted, digests }).only("Locate");
  stage.tell({ _tag: "Located", task: located, owner: { process: b, start: claim.end } });
  const { task } = stage.only("Digests");
  return { stage, asked: stage.tell({ _tag: "DigestsRead", task, digests }).only("Call") };
}

/** What the owner lacks, and who keeps it by its word: null, if it does not have all of it itself. */
function answered(holders: ReadonlyArray<Address> | null): Stage {
  const { stage, asked } = offering();
  const parts = [{ _tag: "Listed", heads: [] }] as const;
  return stage.answered(asked, { _tag: "Compared", parts, complete: false, awaited: [], holders });
}

describe("what a process has and is not to keep", () => {
  it("goes to its owner", () => {
    const stage = answered([b, c]);
    const head = { id: at(200), key: new Uint8Array(0), version: 1, valueBytes: 0 };
    const lists = [[{ ...head, deletedAtMs: null, fingerprint: 7n }]];
    const { task } = stage.only("Listing");
    stage.tell({ _tag: "HeadsRead", task, lists, more: false });
    expect(stage.only("Read").names).toEqual([{ id: at(200), key: head.key }]);
  });

  it("is not sent to an owner that is still fetching, which may fetch it from here", () => {
    const stage = answered(null);
    expect(stage.effects).toEqual([]);
    expect([stage.state.syncs.size, stage.state.strays.current]).toEqual([0, null]);
  });
});
