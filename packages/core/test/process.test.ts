import type { Simulation } from "@chordnet/simulator";
import { grownRing, heal, lossy, mild, nodeUrl, stopped, virtual } from "@chordnet/simulator";
import { recordings } from "@chordnet/simulator/testing";
import { right } from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import type { Clocked, Happening } from "../src/event.js";
import type { Outcome, ProcessState } from "../src/process.js";
import { initialProcess, nextProcessDeadline, stepProcess } from "../src/process.js";
import { isMember } from "../src/state.js";
import { nextDeadline } from "../src/step.js";
import { at, small } from "./small-ring.js";

const clocks: Clocked = { at: 0, wall: 0 };

function born(virtualNodes: number): ProcessState {
  const { address: url } = at(0x20);
  return initialProcess(small, { url, incarnation: 5, virtualNodes, seed: [1, 2, 3, 4], ...clocks });
}

function run(
  state: ProcessState,
  node: number | null,
  what: Happening,
): readonly [ProcessState, ReadonlyArray<Outcome>] {
  return stepProcess(state, node, { ...what, ...clocks });
}

describe("the virtual nodes of a process", () => {
  it("enter one after another, and the application is told once", () => {
    const [state, outcomes] = run(born(3), 0, { _tag: "CreateRequested", operation: 9 });
    expect(state.nodes.every(isMember)).toBe(true);
    expect(state.task).toBe(null);
    const settled = outcomes.flatMap(({ effects }) => effects.filter(({ _tag }) => _tag === "Settled"));
    expect(settled).toEqual([{ _tag: "Settled", operation: 9, result: right({ _tag: "Created" }) }]);
  });

  it("speak to each other without the transport", () => {
    const [, outcomes] = run(born(3), 0, { _tag: "CreateRequested", operation: 9 });
    const sends = outcomes.flatMap(({ effects }) => effects.filter(({ _tag }) => _tag === "Send"));
    expect(sends).toEqual([]);
  });

  it("look up from whichever of them owns the key", () => {
    const [state] = run(born(3), 0, { _tag: "CreateRequested", operation: 9 });
    for (const { self } of state.nodes) {
      const lookup: Happening = {
        _tag: "LookupRequested",
        operation: 10,
        target: self.id,
        deadline: 1000,
        mode: "recursive",
      };
      const [, outcomes] = run(state, 0, lookup);
      expect(outcomes).toMatchObject([{ effects: [{ result: right({ peer: self, hops: 0 }) }] }]);
    }
  });

  it("wake for whichever is due first", () => {
    expect(nextProcessDeadline(born(3))).toBe(null);
    let [state] = run(born(3), 0, { _tag: "CreateRequested", operation: 9 });
    for (let due = 0; due < 5000; due = nextProcessDeadline(state) as number) {
      [state] = stepProcess(state, null, { _tag: "Ticked", at: due, wall: due });
      expect(nextProcessDeadline(state)).toBe(
        Math.min(...state.nodes.map((node) => nextDeadline(node) as number)),
      );
    }
  });

  it("that are as they were are not asked again when they are due", () => {
    let [state] = run(born(3), 0, { _tag: "CreateRequested", operation: 9 });
    expect(nextProcessDeadline(state, state)).toBe(null);
    const lookup: Happening = {
      _tag: "LookupRequested",
      operation: 10,
      target: at(0).id,
      deadline: 1,
      mode: "recursive",
    };
    for (const [node, what] of [
      [null, { _tag: "Ticked" }],
      [1, lookup],
      [0, { _tag: "Ticked" }],
    ] as const) {
      const earlier = state;
      [state] = run(earlier, node, what);
      const known = nextProcessDeadline(earlier) as number;
      const due = nextProcessDeadline(state, earlier) ?? Number.POSITIVE_INFINITY;
      expect(Math.min(known, due)).toBe(Math.min(known, nextProcessDeadline(state) as number));
    }
  });

  it("that don't exist get no mail", () => {
    const { address: from } = at(0x10);
    const ping: Happening = {
      _tag: "Received",
      from,
      incarnation: 1,
      client: false,
      message: { _tag: "Ping", rid: 1 },
    };
    const state = born(2);
    expect(run(state, 2, ping)).toEqual([
      state,
      [{ node: 0, effects: [{ _tag: "Dropped", from, message: "Ping", reason: "unknown-node" }] }],
    ]);
  });
});

describe.each([1, 2, 5])("a ring of %i processes with three virtual nodes each", (processes) => {
  const grown = (seed: number): Simulation => grownRing(seed, processes, { virtualNodes: 3 });
  const last = nodeUrl(processes - 1);

  it("becomes ideal", () => {
    const ring = grown(1);
    expect(ring.members()).toHaveLength(3 * processes);
    expect(ring.witness.violations).toEqual([]);
  });

  it("takes over from a process that leaves, all at once", () => {
    const ring = grown(2);
    const left = ring.leave(last);
    ring.run(5000, () => ring.settled.has(left));
    expect(ring.settled.get(left)).toMatchObject({ ok: true, result: { _tag: "HandedOver" } });
    ring.kill(last);
    heal(ring);
    expect(ring.members()).toHaveLength(3 * (processes - 1));
    expect(ring.witness.violations).toEqual([]);
  });

  it("heals from the crash of a process", () => {
    const ring = grown(3);
    ring.kill(last);
    heal(ring);
    expect(ring.members()).toHaveLength(3 * (processes - 1));
    expect(ring.witness.violations).toEqual([]);
  });

  it("goes round a process that is stopped, and takes it back when it wakes", () => {
    const ring = grown(4);
    ring.pause(last, 8000);
    ring.run(8000);
    heal(ring);
    expect(ring.members()).toHaveLength(3 * processes);
    expect(ring.witness.violations).toEqual([]);
  });
});

describe("a trace", () => {
  it.each([
    ["mild", mild],
    ["lossy", lossy],
    ["stopped", stopped],
    ["virtual", virtual],
  ] as const)("is a list of events: from the same birth it comes to the same (%s)", (_, mode) => {
    for (const { born, events, answers } of recordings(mode(1))) {
      let state = born;
      events.forEach(({ node, event }, i) => {
        const answer = stepProcess(state, node, event);
        expect(answer[1]).toEqual(answers[i]?.[1]);
        [state] = answer;
      });
      expect(state).toEqual(answers.at(-1)?.[0]);
    }
  });
});
