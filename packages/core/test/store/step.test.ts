import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as pending from "../../src/pending.js";
import type { StoreAnswer } from "../../src/store/call.js";
import { entryOf, headOf, tombstone } from "../../src/store/entry.js";
import type { StoreCommand, StoreHappening } from "../../src/store/event.js";
import { copiesMissing } from "../../src/store/repair.js";
import { nextStoreDeadline } from "../../src/store/step.js";
import { utf8 } from "../../src/utf8.js";
import type { Of } from "./stage.js";
import { at, b, c, claim, d, name, nobody, Stage, self } from "./stage.js";

const put = (text: string): StoreCommand => ({ _tag: "Put", value: utf8(text) });
const kept: StoreAnswer = { _tag: "Copied", above: 0 };
const same = {
  ...{ _tag: "Compared", parts: [{ _tag: "Same" }], complete: true },
  ...{ holders: null, awaited: [] },
} as const satisfies StoreAnswer;
const whole = { start: at(100), end: at(100), epoch: 1_000 };
const own = { start: at(0), end: at(100) };

describe("a change", () => {
  it("is done when a majority has it, the owner among them, and not before", () => {
    const stage = new Stage().seated().command(1, put("x")).read(null);
    const write = stage.only("Write");
    const [toB, toC] = stage.all("Call");
    expect(stage.all("Call").map(({ to }) => to)).toEqual([b, c]);
    if (toB === undefined || toC === undefined) throw new Error("nobody is called");
    expect(stage.answered(toB, kept).outcomes).toEqual([]);
    expect(stage.answered(toC, kept).outcomes).toEqual([]);
    expect(stage.written(write).outcomes).toEqual([[1, { _tag: "Stored", version: 1_000 }]]);
    const other = new Stage().seated().command(1, put("x")).read(null);
    const [first] = other.all("Call");
    expect(other.written(other.only("Write")).outcomes).toEqual([]);
    expect(other.answered(first as Of<"Call">, kept).outcomes).toHaveLength(1);
  });

  it("waits as long for another as a long value takes over a long way", () => {
    const value = new Uint8Array(4 * 1024 * 1024);
    const stage = new Stage(2).seated().command(1, { _tag: "Put", value }).read(null);
    const { task } = stage.only("Call");
    stage.written(stage.only("Write"));
    expect(stage.tick(9_900).all("Forget")).toEqual([]);
    expect(stage.answered({ task }, kept).outcomes).toEqual([[1, { _tag: "Stored", version: 1_000 }]]);
    const silent = new Stage(2).seated().command(1, { _tag: "Put", value }).read(null);
    silent.written(silent.only("Write"));
    expect(silent.tick(10_000).outcomes).toEqual([[1, { _tag: "NotReady", reason: "silent" }]]);
  });

  it("is sent to nobody any more when the key is another's", () => {
    const stage = new Stage().seated().command(1, put("x")).read(null);
    const calls = stage.all("Call").map(({ task }) => task);
    stage.tell({ _tag: "RangeLost", ...claim, reason: "lapse", peer: null });
    expect(stage.outcomes).toEqual([[1, { _tag: "NotOwner" }]]);
    expect(stage.all("Forget").map(({ task }) => task)).toEqual(calls);
  });

  it("has a version above what is there, and not below the epoch", () => {
    const below = new Stage(1)
      .seated()
      .command(1, put("x"))
      .read(entryOf(name, 7, utf8("old")));
    expect(below.only("Write").put[0]?.version).toBe(1_000);
    const above = new Stage(1)
      .seated()
      .command(1, put("x"))
      .read(entryOf(name, 5_000, utf8("old")));
    expect(above.only("Write").put[0]?.version).toBe(5_001);
  });

  it("never has the version of one that failed, which others may have", () => {
    const stage = new Stage().seated().command(1, put("x")).read(null);
    const { task } = stage.only("Write");
    const [toB] = stage.all("Call");
    stage.answered(toB as Of<"Call">, kept);
    stage.tell({ _tag: "StorageFailed", task, reason: "failed" });
    expect(stage.outcomes).toEqual([[1, { _tag: "NotReady", reason: "storage" }]]);
    stage.command(2, put("y")).read(null);
    expect(stage.only("Write").put[0]?.version).toBe(1_001);
  });

  it("never has a version that a tombstone had, though that is gone by now", () => {
    const stage = new Stage(1).seated().tick(60_000);
    const { task } = stage.only("Page");
    const old = tombstone(name, 1_007, 5_000);
    stage.tell({ _tag: "HeadsRead", task, lists: [[headOf(old)]], more: false });
    expect(stage.only("Write").drop).toEqual([headOf(old)]);
    stage.command(1, put("x")).read(null);
    expect(stage.only("Write").put[0]?.version).toBe(1_008);
  });

  it("is made again above a version that stood in its way elsewhere", () => {
    const stage = new Stage().seated().command(1, put("x")).read(null);
    const [toB] = stage.all("Call");
    stage.answered(toB as Of<"Call">, { _tag: "Copied", above: 2_000 });
    expect(stage.only("Write").put[0]?.version).toBe(2_001);
  });

  it("waits for the one before it, and an attempt that comes again for the first", () => {
    const stage = new Stage(1).seated().command(1, put("x")).command(2, put("y"));
    expect(stage.effects).toEqual([]);
    expect(stage.command(3, put("x"), "request 1").effects).toEqual([]);
    const again = new Stage(1).seated().command(1, put("x"));
    const { task } = again.only("Read");
    again.command(3, put("x"), "request 1");
    again.tell({ _tag: "EntriesRead", task, entries: [null], damaged: [] });
    again.written(again.only("Write"));
    expect(again.outcomes).toEqual(
      [1, 3].map((operation) => [operation, { _tag: "Stored", version: 1_000 }]),
    );
    // It was done: it is not done once more when it comes late.
    expect(again.command(4, put("x"), "request 1").outcomes).toEqual([
      [4, { _tag: "Stored", version: 1_000 }],
    ]);
  });

  it("fails where a majority does not have it, with what stood in its way", () => {
    const stage = new Stage().seated().command(1, put("x")).read(null);
    const [toB, toC] = stage.all("Call") as [Of<"Call">, Of<"Call">];
    stage.answered(toB, { _tag: "Refused", reason: "quota" });
    stage.tell({ _tag: "CallFailed", task: toC.task, dead: true });
    expect(stage.outcomes).toEqual([[1, { _tag: "NoRoom", reason: "quota", at: [b] }]]);
    const both = new Stage().seated().command(1, put("x")).read(null);
    const own = both.only("Write");
    both.answered(both.all("Call")[1] as Of<"Call">, { _tag: "Refused", reason: "full" });
    both.tell({ _tag: "StorageFailed", task: own.task, reason: "full" });
    expect(both.outcomes).toEqual([[1, { _tag: "NoRoom", reason: "full", at: [c, self] }]]);
    const few = new Stage(3, 3).seated();
    few
      .tell({ _tag: "Seated", node: 0, claim, near: [b] })
      .command(1, put("x"))
      .read(null);
    expect(few.outcomes).toEqual([[1, { _tag: "TooFewCopies", copies: 2, copiesMin: 3 }]]);
    const alone = new Stage().seated();
    alone.tell({ _tag: "Seated", node: 0, claim, near: [] }).command(1, put("x")).read(null);
    expect(alone.outcomes).toEqual([[1, { _tag: "NotReady", reason: "alone" }]]);
  });

  it("is not acknowledged by one who lost the key meanwhile", () => {
    const stage = new Stage(1).seated().command(1, put("x")).read(null);
    const write = stage.only("Write");
    stage.tell({ _tag: "RangeLost", start: at(20), end: at(60), reason: "join", peer: d, epoch: 1_001 });
    expect(stage.outcomes).toEqual([[1, { _tag: "NotOwner" }]]);
    expect(stage.written(write).outcomes).toEqual([]);
  });
});

describe("a process of several virtual nodes that is alone", () => {
  const [lower, upper] = [
    { start: at(0), end: at(100), epoch: 1_000 },
    { start: at(100), end: at(0), epoch: 1_000 },
  ];

  it("puts, answers, and has nobody remembered, as one with a single node does", () => {
    const stage = new Stage().tell({ _tag: "Seated", node: 0, claim: lower, near: [b] });
    stage.tell({ _tag: "RangeGained", node: 0, ...lower, reason: "create", peer: null });
    expect(stage.only("Remember").company).toEqual([{ start: at(0), end: at(100), others: [b], spare: 0 }]);
    stage.remembered();
    stage.tell({ _tag: "Seated", node: 0, claim: lower, near: [] });
    // It has lost touch: somebody may own the other half.
    stage.command(1, { _tag: "Put", value: utf8("x") }).read(null);
    expect(stage.outcomes).toEqual([[1, { _tag: "NotReady", reason: "alone" }]]);
    stage.tell({ _tag: "Seated", node: 1, claim: upper, near: [] });
    stage.tell({ _tag: "RangeGained", node: 1, ...upper, reason: "failure", peer: b });
    const alone = { others: [], spare: 0 };
    expect(stage.only("Remember").company).toEqual([
      { start: at(0), end: at(100), ...alone },
      { start: at(100), end: at(0), ...alone },
    ]);
    stage.command(2, { _tag: "Put", value: utf8("x") }).read(null);
    expect(stage.written(stage.only("Write")).outcomes).toEqual([[2, { _tag: "Stored", version: 1_000 }]]);
  });
});

describe("a comparison with one whose disk is full", () => {
  it("is tried ever more rarely, and no sooner for what it refuses meanwhile", () => {
    const stage = new Stage(2).seated();
    const attempts: number[] = [];
    for (let ms = 0; ms < 60_000; ms += 250) {
      stage.tick(250);
      const digests = stage.all("Digests").find(({ arcs: [arc] }) => arc?.start === claim.start);
      if (digests === undefined) continue;
      attempts.push(stage.now);
      stage.tell({ _tag: "DigestsRead", task: digests.task, digests: [{ entries: 1, sum: 1n }] });
      stage.answered(stage.only("Call"), { _tag: "Refused", reason: "full" });
      const put = stage.command(stage.now, { _tag: "Put", value: utf8("x") }).read(null);
      stage.answered(put.only("Call"), { _tag: "Refused", reason: "full" });
      expect(stage.outcomes).toEqual([[stage.now, { _tag: "NoRoom", reason: "full", at: [b] }]]);
    }
    const rests = attempts.slice(1).map((each, i) => each - (attempts[i] as number));
    expect(rests.slice(0, 7)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });
});

describe("how many copies are missing", () => {
  /** The comparison with the only other one that is to keep it has begun, and waits for its answer. */
  const compared = (): [Stage, Of<"Call">] => {
    const stage = new Stage(2).seated().tick(250);
    const digests = stage.only("Digests");
    stage.tell({ _tag: "DigestsRead", task: digests.task, digests: [{ entries: 0, sum: 0n }] });
    return [stage, stage.only("Call")];
  };

  it("is not 0 where a change was missed while the two were being compared, though they came to its end", () => {
    const [stage, compare] = compared();
    stage.command(1, put("x")).read(null);
    stage.answered(stage.only("Call"), { _tag: "Refused", reason: "full" });
    stage.answered(compare, same);
    expect(copiesMissing(stage.state)).toBe(1);
  });

  it("is 0 once they have been compared and nothing was missed since", () => {
    const [stage, compare] = compared();
    expect(copiesMissing(stage.state)).toBe(1);
    expect(copiesMissing(stage.answered(compare, same).state)).toBe(0);
  });

  it("is not 0 where another range was added, of which nobody has a copy yet", () => {
    const [stage, compare] = compared();
    stage.answered(compare, same);
    stage.tell({ _tag: "Seated", node: 0, claim: whole, near: [b] });
    stage.tell({ _tag: "RangeGained", node: 0, ...claim, reason: "create", peer: null });
    expect(copiesMissing(stage.state)).toBe(1);
  });

  it("is not known while one of its virtual nodes claims nothing", () => {
    const [stage, compare] = compared();
    expect(copiesMissing(new Stage(2).state)).toBeNull();
    stage.answered(compare, same);
    stage.tell({ _tag: "Seated", node: 0, claim: null, near: [b] });
    expect(copiesMissing(stage.state)).toBeNull();
  });
});

describe("an owner that came to its range", () => {
  it("through a death asks all that it knows, those excepted that are dead, before it says that nothing is there", () => {
    const stage = new Stage()
      .seated({ reason: "failure", peer: "memory://dead" })
      .command(1, { _tag: "Get" });
    const [toB, toC, toD] = stage.all("Call") as [Of<"Call">, Of<"Call">, Of<"Call">];
    expect([toB.to, toC.to, toD.to]).toEqual([b, c, d]);
    const read = stage.only("Read");
    stage.tell({ _tag: "EntriesRead", task: read.task, entries: [null], damaged: [] });
    stage.answered(toB, nobody).answered(toC, nobody);
    expect(stage.outcomes).toEqual([]);
    const late = entryOf(name, 900, utf8("kept"));
    stage.answered(toD, { _tag: "Fetched", entries: [late], complete: false, awaited: [] });
    expect(stage.outcomes).toEqual([[1, { _tag: "Found", version: 900, value: utf8("kept") }]]);
    expect(stage.only("Write").put).toEqual([late]);
  });

  it("does not count on one that is silent", () => {
    const stage = new Stage().seated({ reason: "failure" }).command(1, { _tag: "Get" });
    stage.tell({ _tag: "CallFailed", task: (stage.all("Call")[0] as Of<"Call">).task, dead: false });
    expect(stage.outcomes).toEqual([[1, { _tag: "NotReady", reason: "silent" }]]);
  });

  it("by a handover asks who handed it over; all others where that one had not all of it", () => {
    const stage = new Stage().seated({ reason: "join", peer: b }).command(1, { _tag: "Get" });
    const asked = stage.only("Call");
    expect(asked.to).toBe(b);
    stage.read(null);
    const others = stage.answered(asked, nobody).all("Call");
    expect(others.map(({ to }) => to)).toEqual([c, d]);
    const good = entryOf(name, 900, utf8("good"));
    for (const other of others) stage.answered(other, { ...nobody, entries: [good] });
    expect(stage.outcomes).toEqual([[1, { _tag: "Found", version: 900, value: utf8("good") }]]);
  });

  it("by a handover asks all others for every command that is under way when that one had not all of it", () => {
    const stage = new Stage().seated({ reason: "join", peer: b });
    const asked = [1, 2].map((operation) => {
      const call = stage.command(operation, { _tag: "Get" }).only("Call");
      stage.read(null);
      return call;
    });
    const [first, second] = asked as [Of<"Call">, Of<"Call">];
    stage.answered(first, nobody);
    // It is not the one that had everything any more: what it lacks is not absent for that.
    const others = stage.answered(second, nobody).all("Call");
    expect(stage.outcomes).toEqual([]);
    expect(others.map(({ to }) => to)).toEqual([c, d]);
  });

  it("by a handover asks also those whom that one was still to ask", () => {
    const stage = new Stage(1).seated({ reason: "join", peer: b }).command(1, { _tag: "Get" });
    const asked = stage.only("Call");
    stage.read(null);
    const left = { ...own, others: ["memory://leaver", self], spare: 0, returning: false };
    const others = stage.answered(asked, { ...nobody, awaited: [left] }).all("Call");
    expect(others.map(({ to }) => to)).toEqual(["memory://leaver", c, d]);
  });

  it("by a handover asks also whom those were still to ask, each once", () => {
    const stage = new Stage(1).seated({ reason: "join", peer: b });
    const left = (other: string) => ({ ...own, others: [other], spare: 0, returning: false });
    const asked: string[] = [];
    // Each is compared with when it is its turn: b names the one in the middle, that one the leaver, and that one b.
    const named: Record<string, string> = {
      [b]: "memory://middle",
      "memory://middle": "memory://leaver",
      "memory://leaver": b,
    };
    while (stage.state.pulls.length > 0) {
      const { task } = stage.only("Digests");
      const called = stage
        .tell({ _tag: "DigestsRead", task, digests: [{ entries: 0, sum: 0n }] })
        .only("Call");
      asked.push(called.to);
      const name = named[called.to];
      stage.answered(called, { ...same, complete: false, awaited: name === undefined ? [] : [left(name)] });
    }
    expect(asked).toEqual([b, "memory://middle", c, d, "memory://leaver"]);
  });

  it("by a handover asks nobody again who is gone, though another was still to ask it", () => {
    const stage = new Stage(1).seated({ reason: "join", peer: b });
    const left = { ...own, others: ["memory://leaver"], spare: 0, returning: false };
    const get = (operation: number): ReadonlyArray<string> => {
      const asked: string[] = [];
      const calls = [...stage.command(operation, { _tag: "Get" }).all("Call")];
      stage.read(null);
      for (let next = calls.shift(); next !== undefined; next = calls.shift()) {
        asked.push(next.to);
        if (next.to === "memory://leaver") stage.tell({ _tag: "CallFailed", task: next.task, dead: true });
        else stage.answered(next, next.to === b ? { ...nobody, awaited: [left] } : nobody);
        calls.push(...stage.all("Call"));
      }
      return asked;
    };
    expect(get(1)).toContain("memory://leaver");
    expect(get(2)).toEqual([b, c, d]);
    expect(stage.outcomes).toEqual([[2, { _tag: "Absent" }]]);
  });

  it("by a handover gives nobody up that did not answer once and is not in the ring: it may be leaving", () => {
    const stage = new Stage(1).seated({ reason: "join", peer: b });
    const left = { ...own, others: ["memory://leaver"], spare: 0, returning: false };
    const asked: string[] = [];
    while (stage.state.pulls.length > 0) {
      while (stage.all("Digests").length === 0) stage.tick(100);
      const { task } = stage.only("Digests");
      const called = stage
        .tell({ _tag: "DigestsRead", task, digests: [{ entries: 0, sum: 0n }] })
        .only("Call");
      asked.push(called.to);
      if (called.to === "memory://leaver" && asked.filter((to) => to === called.to).length < 3)
        stage.tell({ _tag: "CallFailed", task: called.task, dead: false });
      else stage.answered(called, { ...same, complete: false, awaited: called.to === b ? [left] : [] });
    }
    expect(asked).toEqual([b, "memory://leaver", c, d, "memory://leaver", "memory://leaver"]);
  });

  it("by a handover reads again what another had, and what came here while a command waited for a third", () => {
    const stage = new Stage(1).seated({ reason: "join", peer: b });
    const digests = stage.only("Digests");
    const waiting = stage.command(1, { _tag: "Get" }).only("Call");
    stage.read(null);
    const left = { ...own, others: ["memory://leaver"], spare: 0, returning: false };
    const good = entryOf(name, 900, utf8("good"));
    let { task } = digests;
    for (const to of [b, "memory://leaver"]) {
      const called = stage
        .tell({ _tag: "DigestsRead", task, digests: [{ entries: 0, sum: 0n }] })
        .only("Call");
      expect(called.to).toBe(to);
      if (to === b)
        task = stage.answered(called, { ...same, complete: false, awaited: [left] }).only("Digests").task;
      else stage.answered(called, { ...same, parts: [{ _tag: "Listed", heads: [headOf(good)] }] });
    }
    stage.tell({ _tag: "HeadsRead", task: stage.only("Listing").task, lists: [[]], more: false });
    stage.answered(stage.only("Call"), { ...nobody, entries: [good] });
    stage.written(stage.only("Write"));
    for (const near of stage.answered(waiting, { ...nobody, awaited: [left] }).all("Call"))
      stage.answered(near, nobody);
    stage.read(good);
    expect(stage.outcomes).toEqual([[1, { _tag: "Found", version: 900, value: utf8("good") }]]);
  });

  it("which it had handed on before it had all of it asks those whom it was still to ask then", () => {
    const stage = new Stage(1).seated({ reason: "leave", peer: "memory://leaver" });
    stage.tell({ _tag: "RangeLost", ...claim, reason: "join", peer: d, epoch: 1_001 });
    stage.tell({ _tag: "RangeGained", node: 0, ...claim, reason: "leave", peer: d, epoch: 1_002 });
    const asked = stage.command(1, { _tag: "Get" }).all("Call");
    expect(asked.map(({ to }) => to)).toEqual([d, "memory://leaver"]);
  });

  it("from one that leaves goes on with it, when this process's own storage failed once", () => {
    const stage = new Stage().seated({ reason: "leave", peer: "memory://leaver" });
    const { task } = stage.only("Digests");
    stage.tell({ _tag: "StorageFailed", task, reason: "failed" });
    stage.tick(500);
    const again = stage.only("Digests");
    stage.tell({ _tag: "DigestsRead", task: again.task, digests: [{ entries: 0, sum: 0n }] });
    expect(stage.only("Call").to).toBe("memory://leaver");
  });

  it("from one that leaves is given up when that has failed three times", () => {
    const stage = new Stage().seated({ reason: "leave", peer: "memory://leaver" });
    const asked: string[] = [];
    while (asked.length < 4) {
      const { task } = stage.only("Digests");
      stage.tell({ _tag: "DigestsRead", task, digests: [{ entries: 0, sum: 0n }] });
      const call = stage.only("Call");
      asked.push(call.to);
      stage.tell({ _tag: "CallFailed", task: call.task, dead: false });
      if (stage.all("Digests").length === 0) stage.tick(500);
    }
    expect(asked).toEqual([...Array(3).fill("memory://leaver"), b]);
  });

  it("waits while it knows nobody to ask", () => {
    const stage = new Stage().tell({ _tag: "Seated", node: 0, claim, near: [] });
    stage.tell({ _tag: "RangeGained", node: 0, ...claim, reason: "failure", peer: null });
    expect(stage.command(1, { _tag: "Get" }).outcomes).toEqual([[1, { _tag: "NotReady", reason: "alone" }]]);
    stage.tell({ _tag: "Seated", node: 0, claim, near: [c] });
    expect(stage.command(2, { _tag: "Get" }).only("Call").to).toBe(c);
  });

  it("waits no longer when its virtual nodes have the whole circle: nobody else is there to ask", () => {
    const [half, rest] = [claim, { start: claim.end, end: claim.start, epoch: 1_001 }];
    const stage = new Stage().tell({ _tag: "Seated", node: 0, claim: half, near: [] });
    stage.tell({ _tag: "RangeGained", node: 0, ...half, reason: "failure", peer: null });
    expect(stage.command(1, { _tag: "Get" }).outcomes).toEqual([[1, { _tag: "NotReady", reason: "alone" }]]);
    stage.tell({ _tag: "Seated", node: 1, claim: rest, near: [] });
    stage.tell({ _tag: "RangeGained", node: 1, ...rest, reason: "failure", peer: null });
    expect(stage.command(2, { _tag: "Get" }).read(null).outcomes).toEqual([[2, { _tag: "Absent" }]]);
  });

  it("as the first that is back where all were down waits for so many of the others that each key's majority is here", () => {
    const kept = { start: at(100), end: at(100), others: [b, c, d], spare: 1 };
    const stage = new Stage(3, 1, [kept]).tell({ _tag: "Seated", node: 0, claim: whole, near: [] });
    expect(stage.all("Remember")).toEqual([]);
    stage.tell({ _tag: "RangeGained", node: 0, ...whole, reason: "create", peer: null });
    const [compare] = stage.all("Digests") as [Of<"Digests">];
    stage.command(1, { _tag: "Get" });
    const calls = stage.all("Call");
    expect(calls.map(({ to }) => to)).toEqual([b, c, d]);
    // They may have a ring of their own: they must not refuse its owners for a claim of the whole circle.
    expect(calls.map(({ call }) => call.standing)).toEqual([null, null, null]);
    stage.tell({ _tag: "CallFailed", task: (calls[0] as Of<"Call">).task, dead: true });
    expect(stage.outcomes).toEqual([[1, { _tag: "NotReady", reason: "returning" }]]);
    // What is asked of it meanwhile it answers with whom it waits for.
    const parts = [{ start: at(0), end: at(50), digest: { entries: 0, sum: 0n } }];
    stage.tell({ _tag: "Called", serving: 7, from: d, call: { _tag: "Compare", standing: null, parts } });
    stage.tell({
      _tag: "DigestsRead",
      task: stage.only("Digests").task,
      digests: [{ entries: 0, sum: 0n }],
    });
    expect(stage.only("Answer").answer).toMatchObject({
      _tag: "Compared",
      awaited: [{ start: at(0), end: at(50), others: [b, c, d], spare: 1, returning: true }],
    });
    // One is dead for good; two of three are back: any two have one in common with a majority.
    stage.tell({ _tag: "DigestsRead", task: compare.task, digests: [{ entries: 0, sum: 0n }] });
    stage.tell({ _tag: "CallFailed", task: stage.only("Call").task, dead: true });
    stage.tick(10_000);
    for (const other of [c, d]) {
      const { task } = stage.only("Digests");
      stage.tell({ _tag: "DigestsRead", task, digests: [{ entries: 0, sum: 0n }] });
      expect(stage.only("Call").to).toBe(other);
      stage.answered(stage.only("Call"), same);
      // In nobody's name either is anything released: the claim is of more than this process should have.
      expect(stage.all("Call").filter(({ call }) => call._tag === "Release")).toEqual([]);
    }
    expect(stage.command(2, { _tag: "Get" }).all("Call")).toEqual([]);
    expect(stage.read(null).outcomes).toEqual([[2, { _tag: "Absent" }]]);
  });

  it("tells those that handed it over, and wait for the same, when it has all of it", () => {
    const stage = new Stage().seated({ reason: "join", peer: b });
    const digests = [{ entries: 0, sum: 0n }];
    const released = (): ReadonlyArray<unknown> =>
      stage.all("Call").flatMap(({ to, call }) => (call._tag === "Release" ? [[to, call.whole]] : []));
    const left = { ...own, others: ["memory://away"], spare: 0, returning: true };
    const told: unknown[] = [];
    while (stage.state.pulls.length > 0) {
      const [due] = stage.all("Digests");
      if (due === undefined) stage.tick(10_000);
      const { task } = due ?? stage.only("Digests");
      const asked = stage.tell({ _tag: "DigestsRead", task, digests }).only("Call");
      stage.answered(asked, { ...same, complete: false, awaited: asked.to === b ? [left] : [] });
      told.push([asked.to, released()]);
    }
    const whole = [b, c, d].map((other) => [other, true]);
    expect(told).toEqual([
      [b, [[b, false]]],
      [c, [[c, false]]],
      [d, [[d, false]]],
      ["memory://away", whole],
    ]);
  });

  it("from one that waits for others waits for them, too", () => {
    const stage = new Stage().seated({ reason: "join", peer: b });
    stage.tell({ _tag: "DigestsRead", task: stage.only("Digests").task, digests: [{ entries: 0, sum: 0n }] });
    const others = ["memory://away", "memory://lost"];
    const arc = { start: claim.start, end: claim.end };
    const awaited = [{ ...arc, others, spare: 1, returning: true }];
    const waiting: StoreAnswer = { ...same, complete: false, awaited };
    stage.answered(stage.only("Call"), waiting);
    const asked = stage.command(1, { _tag: "Get" }).all("Call");
    expect(asked.map(({ to }) => to)).toEqual([c, d, "memory://away", "memory://lost"]);
    stage.tell({ _tag: "CallFailed", task: (asked[2] as Of<"Call">).task, dead: true });
    expect(stage.outcomes).toEqual([[1, { _tag: "NotReady", reason: "returning" }]]);
  });

  it("has its storage remember with whom it shares the ring, and nobody where it is alone", () => {
    const stage = new Stage(3, 1, []).tell({ _tag: "Seated", node: 0, claim, near: [b, c, d] });
    stage.tell({ _tag: "RangeGained", node: 0, ...claim, reason: "create", peer: null });
    expect(stage.only("Remember").company).toEqual([{ ...own, others: [b, c], spare: 1 }]);
    stage.remembered().tell({ _tag: "Seated", node: 0, claim, near: [c, b] });
    expect(stage.all("Remember")).toEqual([]);
    // It has lost touch: that is not to be alone.
    stage.tell({ _tag: "Seated", node: 0, claim, near: [] });
    expect(stage.all("Remember")).toEqual([]);
    stage.tell({ _tag: "Seated", node: 0, claim: whole, near: [] });
    const rest = { start: at(100), end: at(0), epoch: 1_000 };
    stage.tell({ _tag: "RangeGained", node: 0, ...rest, reason: "failure", peer: b });
    const round = { start: at(0), end: at(0) };
    expect(stage.only("Remember").company).toEqual([{ ...round, others: [], spare: 0 }]);
  });

  it("has its storage remember what changed meanwhile, one list after another", () => {
    const stage = new Stage().tell({ _tag: "Seated", node: 0, claim, near: [b] });
    stage.tell({ _tag: "RangeGained", node: 0, ...claim, reason: "create", peer: null });
    const { task } = stage.only("Remember");
    stage.tell({ _tag: "Seated", node: 0, claim, near: [b, c] });
    expect(stage.all("Remember")).toEqual([]);
    stage.tell({ _tag: "Written", task, stands: [] });
    expect(stage.only("Remember").company).toEqual([{ ...own, others: [b, c], spare: 1 }]);
    expect(stage.remembered().all("Remember")).toEqual([]);
  });

  it("tells a storage that did not remember it again, ever more rarely, until it does", () => {
    const stage = new Stage().tell({ _tag: "Seated", node: 0, claim, near: [b] });
    stage.tell({ _tag: "RangeGained", node: 0, ...claim, reason: "create", peer: null });
    const attempts: number[] = [];
    for (let ms = 0; ms < 4_000; ms += 250) {
      if (stage.all("Remember").length > 0) {
        attempts.push(stage.now);
        const { task, company } = stage.only("Remember");
        expect(company).toEqual([{ ...own, others: [b], spare: 0 }]);
        stage.tell({ _tag: "StorageFailed", task, reason: "full" });
        expect(nextStoreDeadline(stage.state)).toBeLessThanOrEqual(stage.now + 500 * 2 ** attempts.length);
      }
      stage.tick(250);
    }
    expect(attempts).toEqual([0, 500, 1_500, 3_500]);
    stage.tick(4_000).remembered();
    for (let ms = 0; ms < 20_000; ms += 250) expect(stage.tick(250).all("Remember")).toEqual([]);
  });

  it("answers from what it has when it has been through what the other had", () => {
    const stage = new Stage().seated({ reason: "join", peer: b });
    expect(stage.all("Digests")).toHaveLength(1);
    stage.tell({ _tag: "DigestsRead", task: stage.only("Digests").task, digests: [{ entries: 0, sum: 0n }] });
    stage.answered(stage.only("Call"), same);
    const { start, end } = claim;
    expect(stage.only("Call")).toMatchObject({ to: b, call: { _tag: "Release", arc: { start, end } } });
    expect(stage.command(1, { _tag: "Get" }).all("Call")).toEqual([]);
    expect(stage.read(null).outcomes).toEqual([[1, { _tag: "Absent" }]]);
  });

  it("releases no more than it still owns: what it handed on meanwhile is claimed by another, under another epoch", () => {
    const stage = new Stage().seated({ reason: "join", peer: b });
    const digests = stage.only("Digests");
    const rest = { start: at(60), end: at(100), epoch: 1_002 };
    stage.tell({ _tag: "Seated", node: 0, claim: rest, near: [b, c, d] });
    stage.tell({ _tag: "RangeLost", start: at(0), end: at(60), reason: "join", peer: d, epoch: 1_002 });
    stage.tell({ _tag: "DigestsRead", task: digests.task, digests: [{ entries: 0, sum: 0n }] });
    stage.answered(stage.only("Call"), same);
    expect(stage.only("Call").call).toEqual({
      _tag: "Release",
      standing: { ...rest, holder: true },
      arc: { start: at(60), end: at(100) },
      whole: false,
    });
  });
});

describe("one that has handed a range over", () => {
  it("before it had all of it tells whom it was still to ask, and is to be asked itself before it goes", () => {
    const stage = new Stage(1).seated({ reason: "leave", peer: "memory://leaver" });
    stage.tell({ _tag: "RangeLost", ...claim, reason: "leave", peer: b, epoch: 1_001 });
    expect(owes(stage)).toBe(true);
    const standing = { ...claim, epoch: 1_001, holder: false };
    const fetch = { _tag: "Fetch", standing, names: [name] } as const;
    stage.tell({ _tag: "Called", serving: 1, from: b, call: fetch }).read(null);
    const left = { start: at(49), end: at(50), others: ["memory://leaver"], spare: 0, returning: false };
    const told = { _tag: "Fetched", entries: [null], complete: false, awaited: [left] };
    expect(stage.only("Answer").answer).toEqual(told);
    const release = { _tag: "Release", standing, arc: claim, whole: false } as const;
    expect(owes(stage.tell({ _tag: "Called", serving: 2, from: b, call: release }))).toBe(false);
  });

  it("tells it also to whom it was handed on, until that is through with it", () => {
    const stage = new Stage(1).seated({ reason: "leave", peer: "memory://leaver" });
    stage.tell({ _tag: "RangeLost", ...claim, reason: "leave", peer: b, epoch: 1_001 });
    const standing = { ...claim, epoch: 1_002, holder: false };
    const fetch = { _tag: "Fetch", standing, names: [name] } as const;
    stage.tell({ _tag: "Called", serving: 1, from: c, call: fetch }).read(null);
    const left = { start: at(49), end: at(50), others: ["memory://leaver"], spare: 0, returning: false };
    expect(stage.only("Answer").answer).toEqual({ ...nobody, awaited: [left] });
    stage.tell({
      _tag: "Called",
      serving: 2,
      from: c,
      call: { _tag: "Release", standing, arc: claim, whole: false },
    });
    stage.tell({ _tag: "Called", serving: 3, from: d, call: { ...fetch, standing: null } }).read(null);
    expect(stage.only("Answer").answer).toEqual(nobody);
  });

  it("waits again for those that were to come back, if that one dies before it has all of it", () => {
    const waits = (whole: boolean): boolean => {
      const stage = waiting();
      stage.tell({ _tag: "RangeLost", ...claim, reason: "join", peer: b, epoch: 1_001 });
      const standing = { ...claim, epoch: 1_001, holder: false };
      const release = { _tag: "Release", standing, arc: claim, whole } as const;
      stage.tell({ _tag: "Called", serving: 1, from: b, call: { ...release, whole: false } });
      stage.tell({ _tag: "Called", serving: 2, from: b, call: release });
      return isAwaited(stage.tell({ _tag: "RangeGained", ...back }));
    };
    expect([waits(false), waits(true)]).toEqual([true, false]);
  });

  it("keeps waiting for them, if it was handed to one that died before it took it", () => {
    const stage = waiting();
    stage.tell({ _tag: "RangeLost", ...claim, reason: "failure", peer: b, epoch: 1_001 });
    expect(isAwaited(stage.tell({ _tag: "RangeGained", ...back }))).toBe(true);
  });

  /** It founded the ring, and waits for one with whom it kept the arc. */
  const waiting = (): Stage => new Stage(1, 1, [{ ...claim, others: ["memory://away"], spare: 0 }]).seated();
  const back = { node: 0, ...claim, reason: "failure", peer: b, epoch: 1_002 } as const;
  const isAwaited = ({ state }: Stage): boolean =>
    state.pulls.some(({ beyond }) => beyond.some(({ others }) => others.includes("memory://away")));
  const owes = ({ state }: Stage): boolean => state.handed.some(({ owed }) => owed);
  const released = (from: string, start: number, end: number, epoch: number): StoreHappening => {
    const arc = { start: at(start), end: at(end) };
    const standing = { ...arc, epoch, holder: false };
    const call = { _tag: "Release", standing, arc, whole: false } as const;
    return { _tag: "Called", serving: epoch, from, call };
  };

  it("owes it until all of it is where it belongs, whoever owns each part by then", () => {
    const stage = new Stage().seated();
    stage.tell({ _tag: "Seated", node: 0, claim: { ...claim, start: at(80) }, near: [b, c, d] });
    stage.tell({ _tag: "RangeLost", start: at(0), end: at(80), reason: "join", peer: d, epoch: 1_001 });
    expect(owes(stage)).toBe(true);
    stage.tell(released(d, 60, 80, 1_004));
    expect(owes(stage)).toBe(true);
    // d has handed the rest on before it had all of it.
    stage.tell(released(c, 0, 60, 1_003));
    expect(stage.only("Answer").answer).toEqual({ _tag: "Released" });
    expect(owes(stage)).toBe(false);
  });

  it("believes nobody who speaks of more than it claims", () => {
    const stage = new Stage().seated();
    stage.tell({ _tag: "Seated", node: 0, claim: { ...claim, start: at(80) }, near: [b, c, d] });
    stage.tell({ _tag: "RangeLost", start: at(0), end: at(80), reason: "join", peer: d, epoch: 1_001 });
    const standing = { start: at(60), end: at(80), epoch: 1_004, holder: false };
    const call = { _tag: "Release", standing, arc: { start: at(0), end: at(80) }, whole: false } as const;
    stage.tell({ _tag: "Called", serving: 1, from: d, call });
    expect(owes(stage)).toBe(true);
  });
});

describe("one that keeps what others own", () => {
  const standing = { start: at(100), end: at(200), epoch: 50, holder: true };
  const entries = [entryOf({ id: at(150), key: utf8("k") }, 50, utf8("v"))];

  it("takes it, and refuses whoever has an earlier claim from then on", () => {
    const stage = new Stage().tell({
      _tag: "Called",
      serving: 1,
      from: b,
      call: { _tag: "Copy", standing, entries },
    });
    stage.written(stage.only("Write"));
    expect(stage.only("Answer")).toEqual({ _tag: "Answer", serving: 1, answer: kept });
    const names = [{ id: at(150), key: utf8("k") }];
    const later = { ...standing, start: at(140), epoch: 60 };
    stage.tell({ _tag: "Called", serving: 2, from: c, call: { _tag: "Fetch", standing: later, names } });
    // What was taken before is written before it is read.
    expect(stage.only("Read").settled).toBe(true);
    stage.tell({ _tag: "Called", serving: 3, from: b, call: { _tag: "Copy", standing, entries } });
    expect(stage.only("Answer").answer).toEqual({ _tag: "Refused", reason: "stale" });
  });

  it("does not take a tombstone that has been kept long enough", () => {
    const old = tombstone({ id: at(150), key: utf8("k") }, 50, 0);
    const stage = new Stage();
    stage.now = 100_000;
    stage.tell({ _tag: "Called", serving: 1, from: b, call: { _tag: "Copy", standing, entries: [old] } });
    expect(stage.only("Write").put).toEqual([]);
  });
});

describe("a timer", () => {
  it("does not fire again and again while many commands wait, the first of which are done", () => {
    const stage = new Stage(1).seated().command(0, put("x"));
    const { task } = stage.only("Read");
    for (let i = 1; i < 40; i += 1) {
      stage.now += 100;
      stage.command(i, put("x"));
    }
    const [first] = pending.entries(stage.state.operations);
    // The first one's disk is done at last.
    stage.tell({ _tag: "EntriesRead", task, entries: [null], damaged: [] });
    stage.written(stage.only("Write"));
    expect(stage.outcomes).toHaveLength(1);
    stage.tick((first?.expiresAt ?? 0) - stage.now + 1);
    expect(stage.state.operations.size).toBe(39);
    expect(nextStoreDeadline(stage.state)).toBeGreaterThan(stage.now);
  });
});

describe("the store's step", () => {
  const task = fc.nat(12).map((slot) => slot + 65_536 * 3);
  const entry = fc.constantFrom(null, entryOf(name, 3, utf8("v")), tombstone(name, 4, 0));
  const process = fc.constantFrom(self, b, c, d);
  const arc = fc.record({ start: fc.nat(255).map(at), end: fc.nat(255).map(at) });
  const epoch = fc.nat(5_000);
  const range = fc.record({
    _tag: fc.constantFrom("RangeGained" as const, "RangeLost" as const),
    node: fc.nat(2),
    reason: fc.constantFrom("create" as const, "join", "leave", "failure", "gap", "lapse", "merge"),
    peer: fc.option(process),
    epoch,
  });
  const happenings: fc.Arbitrary<StoreHappening> = fc.oneof(
    fc
      .tuple(fc.nat(2), arc, epoch, fc.uniqueArray(fc.constantFrom(b, c, d)))
      .map(
        ([node, place, e, near]) => ({ _tag: "Seated", node, claim: { ...place, epoch: e }, near }) as const,
      ),
    fc.tuple(range, arc).map(([what, place]) => ({ ...what, ...place })),
    fc.record({ _tag: fc.constant("Evicted" as const), process }),
    fc.record({
      _tag: fc.constant("Commanded" as const),
      operation: fc.nat(99),
      request: fc.constantFrom("r1", "r2", "r3"),
      name: fc.constant(name),
      command: fc.constantFrom(put("x"), { _tag: "Get" } as const, { _tag: "Delete" } as const),
    }),
    fc.record({
      _tag: fc.constant("EntriesRead" as const),
      task,
      entries: fc.array(entry, { maxLength: 2 }),
      damaged: fc.array(
        fc.record({ fingerprint: fc.option(fc.constantFrom(entryOf(name, 900, utf8("x")).fingerprint, 1n)) }),
        { maxLength: 1 },
      ),
    }),
    fc.record({ _tag: fc.constant("Written" as const), task, stands: fc.constant([]) }),
    fc.record({ _tag: fc.constant("DigestsRead" as const), task, digests: fc.constant([]) }),
    fc.record({ _tag: fc.constant("CallFailed" as const), task, dead: fc.boolean() }),
    fc.record({ _tag: fc.constant("StorageFailed" as const), task, reason: fc.constant("full" as const) }),
    fc.record({ _tag: fc.constant("Answered" as const), task, answer: fc.constantFrom(kept, nobody) }),
    fc.constant({ _tag: "StoreTicked" } as const),
  );

  it("is total and deterministic: each command is answered once at most, and time goes on", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(happenings, fc.nat(900)), { maxLength: 60 }), (story) => {
        const [one, other] = [new Stage(), new Stage()];
        const open = new Map<number, number>();
        for (const [happening, ms] of story) {
          one.now = other.now += ms;
          if (happening._tag === "Commanded")
            open.set(happening.operation, 1 + (open.get(happening.operation) ?? 0));
          one.tell(happening);
          other.tell(happening);
          expect(other.effects).toEqual(one.effects);
          for (const { operation } of one.all("Settle")) {
            const left = (open.get(operation) ?? 0) - 1;
            expect(left).toBeGreaterThanOrEqual(0);
            open.set(operation, left);
          }
        }
        // What is due is done, however late: nothing asks to be woken at once for ever.
        one.now += 10_000_000;
        for (let i = 0; i < 5; i += 1) one.tell({ _tag: "StoreTicked" });
        expect(nextStoreDeadline(one.state)).toBeGreaterThan(one.now);
        expect(one.state.operations.size).toBe(0);
      }),
    );
  });
});
