import { describe, expect, it } from "vitest";
import { entryOf, headOf } from "../../src/store/entry.js";
import type { Damage, StoreCommand } from "../../src/store/event.js";
import { utf8 } from "../../src/utf8.js";
import type { Of } from "./stage.js";
import { b, c, claim, d, name, nobody, Stage } from "./stage.js";

const put = (text: string): StoreCommand => ({ _tag: "Put", value: utf8(text) });

describe("a value that is damaged where its owner keeps it", () => {
  const unread = { fingerprint: null };
  const good = entryOf(name, 900, utf8("good"));
  const damaged = (stage: Stage, damage: Damage = unread): Stage => {
    const { task } = stage.command(1, { _tag: "Get" }).only("Read");
    return stage.tell({ _tag: "EntriesRead", task, entries: [null], damaged: [damage] });
  };

  it("is had from the others that keep it, and written anew", () => {
    const stage = damaged(new Stage().seated());
    const [toB, toC] = stage.all("Call") as [Of<"Call">, Of<"Call">];
    expect([toB.to, toC.to]).toEqual([b, c]);
    stage.answered(toB, { _tag: "Fetched", entries: [good], complete: false, awaited: [] });
    expect(stage.outcomes).toEqual([]);
    stage.answered(toC, nobody);
    expect(stage.outcomes).toEqual([[1, { _tag: "Found", version: 900, value: utf8("good") }]]);
    expect(stage.only("Write").put).toEqual([good]);
  });

  it("is had from the first that has what was here, though another is silent", () => {
    const stage = damaged(new Stage().seated(), good);
    const [toB, toC] = stage.all("Call") as [Of<"Call">, Of<"Call">];
    stage.tell({ _tag: "CallFailed", task: toB.task, dead: false });
    expect(stage.outcomes).toEqual([]);
    stage.answered(toC, { _tag: "Fetched", entries: [good], complete: false, awaited: [] });
    expect(stage.outcomes).toEqual([[1, { _tag: "Found", version: 900, value: utf8("good") }]]);
    expect(stage.only("Write").put).toEqual([good]);
  });

  it("is not taken for an older one, which waits for who is silent", () => {
    const older = entryOf(name, 800, utf8("older"));
    const stage = damaged(new Stage().seated(), good);
    const [toB, toC] = stage.all("Call") as [Of<"Call">, Of<"Call">];
    stage.tell({ _tag: "CallFailed", task: toB.task, dead: false });
    stage.answered(toC, { _tag: "Fetched", entries: [older], complete: false, awaited: [] });
    expect(stage.outcomes).toEqual([[1, { _tag: "NotReady", reason: "silent" }]]);
  });

  it("is not taken for the latest where the range is not wholly here", () => {
    const stage = new Stage().seated({ reason: "failure" }).command(1, { _tag: "Get" });
    const [toB, ...others] = stage.all("Call") as [Of<"Call">, ...Of<"Call">[]];
    const { task } = stage.only("Read");
    const later = entryOf(name, 901, utf8("later"));
    stage.tell({ _tag: "EntriesRead", task, entries: [null], damaged: [good] });
    stage.answered(toB, { _tag: "Fetched", entries: [good], complete: false, awaited: [] });
    expect(stage.outcomes).toEqual([]);
    for (const each of others)
      stage.answered(each, { _tag: "Fetched", entries: [later], complete: false, awaited: [] });
    expect(stage.outcomes).toEqual([[1, { _tag: "Found", version: 901, value: utf8("later") }]]);
  });

  it("is changed once, above it, though others answer later", () => {
    const stage = new Stage().seated().command(1, put("new"));
    const { task } = stage.only("Read");
    stage.tell({ _tag: "EntriesRead", task, entries: [null], damaged: [good] });
    const [toB, toC] = stage.all("Call") as [Of<"Call">, Of<"Call">];
    const copies = stage
      .answered(toB, { _tag: "Fetched", entries: [good], complete: false, awaited: [] })
      .all("Call");
    expect(copies.map(({ call }) => call._tag)).toEqual(["Copy", "Copy"]);
    expect(stage.answered(toC, nobody).all("Call")).toEqual([]);
    expect(stage.outcomes).toEqual([]);
  });

  it("is not absent where nobody else has it", () => {
    const stage = damaged(new Stage().seated());
    for (const asked of stage.all("Call")) stage.answered(asked, nobody);
    expect(stage.outcomes).toEqual([[1, { _tag: "NotReady", reason: "storage" }]]);
    expect(damaged(new Stage(1).seated()).outcomes).toEqual([[1, { _tag: "NotReady", reason: "storage" }]]);
  });

  it("is replaced by what is put, above its version, where nobody else has it", () => {
    const stage = new Stage(1).seated().command(1, put("new"));
    stage.tell({ _tag: "EntriesRead", task: stage.only("Read").task, entries: [null], damaged: [unread] });
    const write = stage.only("Write");
    expect(write.put[0]?.version).toBe(1_001);
    // The storage knows its version, though not its value.
    const stands = [headOf(entryOf(name, 1_007, utf8("lost")))];
    const above = stage.tell({ _tag: "Written", task: write.task, stands }).only("Write");
    expect(above.put[0]?.version).toBe(1_008);
    expect(stage.written(above).outcomes).toEqual([[1, { _tag: "Stored", version: 1_008 }]]);
  });

  it("keeps nobody from asking others for it, whoever hands the range over", () => {
    const stage = new Stage().seated();
    stage.tell({ _tag: "RangeLost", ...claim, reason: "join", peer: d, epoch: 1_001 });
    const call = { _tag: "Fetch", standing: null, names: [name] } as const;
    const { task } = stage.tell({ _tag: "Called", serving: 1, from: d, call }).only("Read");
    stage.tell({ _tag: "EntriesRead", task, entries: [null], damaged: [unread] });
    expect(stage.only("Answer").answer).toEqual({
      _tag: "Fetched",
      entries: [null],
      complete: false,
      awaited: [],
    });
  });
});
