import type { Announcement, Message, NodeState, Recorder, Settled } from "@chordnet/core";
import { codec, configure, defaultRing, initialProcess, kinds, PromptAnswers } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { Engine, type Outside } from "../../src/member/engine.js";
import { noCounts } from "../../src/observing/counters.js";
import { silentLogger } from "../../src/ports.js";
import { FakeClock } from "../fake-clock.js";

const intervalMs = 100;

function engine(overrides: Partial<Outside> = {}, recorder: Recorder | null = null) {
  const clock = new FakeClock();
  const counters = noCounts();
  const settled: Settled[] = [];
  const announced: Announcement[] = [];
  const sent: string[] = [];
  const config = configure({ ...defaultRing, intervalMs, leaseMs: 225 }, { jitter: 0 });
  const wire = codec({ space: config.space, naming: config.naming });
  const prompt = new PromptAnswers(config.space, wire);
  const state = initialProcess(config, {
    url: "memory://a",
    incarnation: 1,
    virtualNodes: 1,
    seed: [1, 2, 3, 4],
    at: clock.now(),
    wall: clock.wall(),
  });
  const outside: Outside = {
    send: (_, to, message) => void sent.push(`${message._tag} ${to}`),
    settled: (effect) => void settled.push(effect),
    announced: (_, change) => void announced.push(change),
    suspected: () => undefined,
    statusAsked: () => undefined,
    dropped: () => undefined,
    ticked: () => undefined,
    ...overrides,
  };
  return {
    config,
    wire,
    clock,
    counters,
    settled,
    announced,
    sent,
    made: new Engine(state, outside, { clock, logger: silentLogger, counters, recorder, prompt }),
  };
}

describe("the engine", () => {
  it("sets the state before it runs the effects, and takes what they tell in turn", () => {
    const phases: string[] = [];
    const { made, settled } = engine({
      announced: (_, change) => {
        phases.push(`${change._tag} ${made.state.nodes[0]?.phase._tag}`);
        if (change._tag === "Joined") made.tell(0, { _tag: "CreateRequested", operation: 2 });
      },
    });
    made.tell(0, { _tag: "CreateRequested", operation: 1 });
    expect(phases).toContain("Joined Member");
    expect(settled.map(({ operation, result }) => `${operation} ${result._tag}`)).toEqual([
      "1 Right",
      "2 Left",
    ]);
  });

  it("arms one timer for the next deadline, and none where there is none", async () => {
    const { made, clock, counters, sent } = engine();
    expect(clock.pending).toBe(0);
    made.tell(0, { _tag: "JoinRequested", operation: 1, seeds: ["memory://b"], orCreate: false });
    expect(sent).toEqual(["Query memory://b"]);
    expect(clock.pending).toBe(1);
    await clock.advance(20 * intervalMs);
    expect(clock.pending).toBe(1);
    expect(sent.length).toBeGreaterThan(1);
    // Not one wake-up without something to do.
    expect(counters.timers).toBeLessThan(3 * sent.length);
    made.close();
    expect(clock.pending).toBe(0);
  });

  it("tells when it was woken, after all that came of it", async () => {
    const phases: string[] = [];
    const { made, clock } = engine({
      send: (_, __, { _tag }) => void phases.push(_tag),
      ticked: () => void phases.push("ticked"),
    });
    made.tell(0, { _tag: "JoinRequested", operation: 1, seeds: ["memory://b"], orCreate: false });
    expect(phases).toEqual(["Query"]);
    phases.length = 0;
    while (!phases.includes("Query")) await clock.advance(intervalMs);
    expect(phases.slice(phases.indexOf("Query"))).toEqual(["Query", "ticked"]);
  });

  it("is not woken for what has come about meanwhile", () => {
    const { made, clock } = engine();
    made.tell(0, { _tag: "CreateRequested", operation: 1 });
    const restsUntil = clock.nextAt;
    const deadline = restsUntil / 2;
    made.tell(0, { _tag: "InspectRequested", operation: 2, address: "memory://b", deadline });
    expect(clock.nextAt).toBe(deadline);
    clock.stall(deadline / 2);
    made.tell(0, { _tag: "Cancelled", operation: 2 });
    expect(clock.nextAt).toBe(restsUntil);
  });

  it("lets one turn pass before it ticks where its timer fires late, and only one", () => {
    const { made, clock, counters } = engine();
    made.tell(0, { _tag: "JoinRequested", operation: 1, seeds: ["memory://b"], orCreate: false });
    clock.stall(10_000);
    clock.fire();
    expect(counters.timers).toBe(0);
    expect(clock.pending).toBe(1);
    clock.fire();
    expect(counters.timers).toBe(1);
  });

  it("tells the recorder of each step before it runs the effects, and of one that threw", () => {
    const told: string[] = [];
    const { made } = engine(
      { announced: (_, change) => void told.push(change._tag) },
      {
        born: () => undefined,
        stepped: (node, event, outcomes) =>
          void told.push(`${node} ${event._tag} ${outcomes === null ? "threw" : "stepped"}`),
      },
    );
    made.tell(0, { _tag: "CreateRequested", operation: 1 });
    made.tell(0, {
      _tag: "LookupRequested",
      operation: 2,
      target: "no bigint" as never,
      deadline: 10,
      mode: "recursive",
    });
    expect(told[0]).toBe("0 CreateRequested stepped");
    expect(told).toContain("Joined");
    expect(told.at(-1)).toBe("0 LookupRequested threw");
  });

  it("answers what takes no step at once, unless all that comes is recorded", () => {
    const asked = (recorder: Recorder | null): Uint8Array | null => {
      const { made, config, wire } = engine({}, recorder);
      made.tell(0, { _tag: "CreateRequested", operation: 1 });
      const { self } = made.state.nodes[0] as NodeState;
      const origin = { ...self, id: config.naming("memory://b"), address: "memory://b" };
      const find: Message = { _tag: "Find", rid: 7, target: self.id, origin, hops: 1 };
      return made.answer("memory://b", wire.encode({ from: 0, to: 0, message: find }));
    };
    expect(asked(null)?.[0]).toBe(kinds.Found.code);
    expect(asked({ born: () => undefined, stepped: () => undefined })).toBe(null);
  });

  it("steps no more when it is closed", () => {
    const { made, settled } = engine();
    made.close();
    made.tell(0, { _tag: "CreateRequested", operation: 1 });
    expect(settled).toEqual([]);
    expect(made.state.nodes[0]?.phase._tag).toBe("Idle");
  });

  it("survives a step that throws: its event counts as lost", () => {
    const { made, counters, settled } = engine();
    made.tell(0, {
      _tag: "LookupRequested",
      operation: 1,
      target: "no bigint" as never,
      deadline: 10,
      mode: "recursive",
    });
    made.tell(0, { _tag: "CreateRequested", operation: 2 });
    made.tell(0, {
      _tag: "LookupRequested",
      operation: 3,
      target: "no bigint" as never,
      deadline: 10,
      mode: "recursive",
    });
    expect(settled.map(({ operation }) => operation)).toContain(2);
    expect(counters.faults).toBeGreaterThan(0);
  });
});
