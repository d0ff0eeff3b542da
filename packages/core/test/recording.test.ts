import { lossy, mild, stopped, virtual } from "@chordnet/simulator";
import { messages, recordings } from "@chordnet/simulator/testing";
import fc from "fast-check";
import { isLeft, isRight, right } from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import type { Birth } from "../src/birth.js";
import { bornProcess } from "../src/birth.js";
import { defaultLimits, defaultRing } from "../src/config.js";
import { ownDialect } from "../src/dialect.js";
import type { Event } from "../src/event.js";
import { id, space } from "../src/identifier.js";
import { naming } from "../src/peer.js";
import type { ProcessState } from "../src/process.js";
import { stepProcess } from "../src/process.js";
import { lineRecorder } from "../src/recording.js";
import type { Replay, ReplayTrouble } from "../src/replay.js";
import { replayLine } from "../src/replay.js";
import { eventFromJson, eventToJson, traceCodecs } from "../src/wire/event-codecs.js";

const ring = space(160);
const name = naming(ring, "sha256");
const codecs = traceCodecs({ space: ring, naming: name });

const birth: Birth = {
  url: "memory://a",
  incarnation: 1,
  virtualNodes: 2,
  seed: [1, 2, 3, 0xffff_ffff],
  at: 0.1,
  wall: 1_700_000_000_000,
  ring: defaultRing,
  limits: defaultLimits,
  jitter: 0.1,
  aloneBySilence: true,
  minMembers: 1,
  dialect: ownDialect,
};

/** Events with everything in them that JSON alone would lose. */
const events: fc.Arbitrary<Event> = fc
  .tuple(
    fc.double(),
    fc.double(),
    fc.oneof(fc.double(), fc.constant(Number.POSITIVE_INFINITY)),
    fc.bigInt({ min: 0n, max: ring.mask }),
    messages(ring, name).message,
    fc.string(),
    fc.nat(),
  )
  .chain(([at, wall, deadline, target, message, text, operation]) => {
    const clocks = { at, wall };
    return fc.constantFrom<Event>(
      { _tag: "Received", from: text, incarnation: operation, client: true, message, ...clocks },
      { _tag: "SendFailed", to: text, message, reason: "overloaded", ...clocks },
      { _tag: "Disconnected", process: text, ...clocks },
      { _tag: "Ticked", ...clocks },
      { _tag: "CreateRequested", operation, ...clocks },
      { _tag: "JoinRequested", operation, seeds: [text, text], orCreate: true, ...clocks },
      {
        _tag: "LookupRequested",
        operation,
        target: id(ring, target),
        deadline,
        mode: "iterative",
        ...clocks,
      },
      { _tag: "InspectRequested", operation, address: text, deadline, ...clocks },
      { _tag: "LeaveRequested", operation, deadline, ...clocks },
      { _tag: "Cancelled", operation, ...clocks },
    );
  });

/** The lines of one life. */
function recorded(events: ReadonlyArray<{ readonly node: number | null; readonly event: Event }>): string[] {
  const lines: string[] = [];
  const recorder = lineRecorder((line) => lines.push(line));
  recorder.born(birth);
  let state = bornProcess(birth);
  for (const { node, event } of events) {
    const [next, outcomes] = stepProcess(state, node, event);
    recorder.stepped(node, event, outcomes);
    state = next;
  }
  return lines;
}

interface End {
  /** How many lines were replayed. */
  readonly lines: number;
  readonly state: ProcessState | null;
  /** With the line after them. */
  readonly trouble: ReplayTrouble | null;
}

function replayed(lines: ReadonlyArray<string>, from: Replay | null = null): End {
  let replay = from;
  for (const [index, line] of lines.entries()) {
    const next = replayLine(replay, line);
    if (isLeft(next)) return { lines: index, state: replay?.state ?? null, trouble: next.left };
    replay = next.right.replay;
  }
  return { lines: lines.length, state: replay?.state ?? null, trouble: null };
}

const create: Event = { _tag: "CreateRequested", operation: 1, at: 1, wall: 1 };
const lookup: Event = {
  _tag: "LookupRequested",
  operation: 2,
  target: id(ring, 5n),
  deadline: Number.POSITIVE_INFINITY,
  mode: "recursive",
  at: 2,
  wall: 2,
};
const story = [
  { node: 0, event: create },
  { node: null, event: { _tag: "Ticked", at: 1.5, wall: 1 } },
  { node: 0, event: lookup },
] as const;

describe("an event as JSON", () => {
  it("comes back exactly, through text", () => {
    fc.assert(
      fc.property(events, (event) => {
        const text = JSON.stringify(eventToJson(codecs, event));
        expect(eventFromJson(codecs, JSON.parse(text))).toEqual(right(event));
      }),
      { numRuns: 500 },
    );
  });

  it("is refused where it is none", () => {
    const good = eventToJson(codecs, lookup) as object;
    const wrong = [{ _tag: "Slept" }, { target: "-1" }, { at: "now" }, { at: null }, { operation: 0.5 }];
    const bad = [null, 1, "Ticked", [], {}, ...wrong.map((part) => ({ ...good, ...part }))];
    expect(bad.filter((json) => isRight(eventFromJson(codecs, json)))).toEqual([]);
    expect(isRight(eventFromJson(codecs, good))).toBe(true);
  });
});

describe("a recording", () => {
  it("replays to the state that was recorded, bit by bit", () => {
    let state = bornProcess(birth);
    for (const { node, event } of story) [state] = stepProcess(state, node, event);
    const again = replayed(recorded(story));
    expect(again).toMatchObject({ lines: 4, trouble: null });
    expect(withoutNaming(again.state)).toEqual(withoutNaming(state));
  });

  it.each([
    ["mild", mild],
    ["lossy", lossy],
    ["stopped", stopped],
    ["virtual", virtual],
  ])("of every life in a random schedule replays (%s)", (_, mode) => {
    for (const life of recordings(mode(11))) {
      const [first] = life.born.nodes;
      if (first === undefined) throw new Error("a process without a node");
      const lines: string[] = [];
      const recorder = lineRecorder((line) => lines.push(line));
      recorder.born({ ...birth, ring: first.config.ring });
      for (const [index, { node, event }] of life.events.entries()) {
        recorder.stepped(node, event, life.answers[index]?.[1] ?? null);
      }
      const [, ...steps] = lines;
      expect(replayed(steps, { codecs: traceCodecs(first.config), state: life.born })).toMatchObject({
        lines: life.events.length,
        trouble: null,
      });
    }
  });

  it("may hold several lives, one after the other", () => {
    expect(replayed([...recorded(story), ...recorded(story)])).toMatchObject({ lines: 8, trouble: null });
  });

  it("tells the first event of which something else comes than was recorded", () => {
    const lines = recorded(story);
    const line = lines[3]?.replace('"Owner"', '"Renter"') ?? "";
    expect(line).not.toBe(lines[3]);
    const { lines: good, trouble } = replayed([...lines.slice(0, 3), line]);
    expect(good).toBe(3);
    expect(trouble).toMatchObject({ _tag: "Different", node: 0, event: { _tag: "LookupRequested" } });
    expect(JSON.stringify(trouble)).toMatch(/recorded.*Renter.*came.*Owner/);
  });

  it("differs when an event was left out", () => {
    const { trouble } = replayed(recorded(story).filter((_, index) => index !== 1));
    expect(trouble).toMatchObject({ _tag: "Different" });
  });

  it("tells of a step that threw, and replays it as such", () => {
    const lines: string[] = [];
    const recorder = lineRecorder((line) => lines.push(line));
    recorder.born(birth);
    recorder.stepped(0, create, null);
    expect(replayed(lines).trouble).toMatchObject({ _tag: "Different", recorded: null });
  });

  it("of another version is not read", () => {
    const [born = "", ...rest] = recorded(story);
    const later = born.replace('"recording":1', '"recording":2');
    expect(replayed([later, ...rest])).toEqual({
      lines: 0,
      state: null,
      trouble: { _tag: "OtherVersion", version: 2 },
    });
  });

  it.each([
    ["an empty line", ""],
    ["half a line", '{"recording":1,"born":{"url"'],
    ["a number", "7"],
    ["a birth without a seed", '{"recording":1,"born":{}}'],
    ["a birth out of bounds", () => (recorded([])[0] ?? "").replace('"bits":160', '"bits":300')],
    [
      "a birth of too many nodes",
      () => (recorded([])[0] ?? "").replace(/"virtualNodes":\d+/, '"virtualNodes":1e6'),
    ],
  ])("is refused where it begins with %s", (_, line) => {
    const text = typeof line === "string" ? line : line();
    expect(replayed([text])).toMatchObject({ lines: 0, trouble: { _tag: "NotARecord" } });
  });

  it("is refused where a step comes before any birth, or is none", () => {
    const [born = "", step = ""] = recorded(story);
    expect(replayed([step]).trouble).toEqual({ _tag: "Unborn" });
    for (const bad of [
      "{}",
      step.replace('"node":0', '"node":"a"'),
      step.replace("CreateRequested", "Created"),
    ]) {
      expect(replayed([born, bad]).trouble).toMatchObject({ _tag: "NotARecord" });
    }
  });
});

/** Functions are never equal to others. */
function withoutNaming(state: ProcessState | null): unknown {
  return state?.nodes.map(({ config: { naming: _, ...config }, ...node }) => ({ ...node, config }));
}
