import { lossy, mild, stopped, virtual } from "@chordnet/simulator";
import type { Reached } from "@chordnet/simulator/testing";
import { deepFreeze, messages, reachedStates } from "@chordnet/simulator/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Effect } from "../src/effect.js";
import type { Event, Happening } from "../src/event.js";
import type { Message, Millis } from "../src/message.js";
import { virtualAddress } from "../src/peer.js";
import * as pending from "../src/pending.js";
import type { NodeState } from "../src/state.js";
import { nextDeadline, step } from "../src/step.js";
import { codec } from "../src/wire/codec.js";

const states: ReadonlyArray<Reached> = [
  ...reachedStates(mild(3), 61),
  ...reachedStates(lossy(6), 67),
  ...reachedStates(stopped(2), 71),
  ...reachedStates(virtual(1), 73),
];
const { config } = (states[0] as Reached).node;
const wire = codec({ space: config.space, naming: config.naming });

/** Peers of the schedules, living and dead, and virtual nodes that nobody has. */
const address = fc.tuple(fc.nat(16), fc.nat(2)).map(([i, index]) => virtualAddress(`memory://n${i}`, index));
const wall = 1_700_000_000_000;
const incarnation = fc.oneof(
  fc.integer({ min: wall * 1024, max: (wall + 60_000) * 1024 }),
  fc.constantFrom(0, 1),
);
const epoch = fc.oneof(fc.integer({ min: wall, max: wall + 60_000 }), fc.maxSafeNat());
const { message } = messages(config.space, config.naming, undefined, { address, incarnation, epoch });

const reached = fc.nat(states.length - 1).map((i) => states[i] as Reached);
const operation = fc.nat(400);
const soon = fc.nat(60_000);

/** What may happen to a node in this state, answers to what it has asked more often than chance would have it. */
function happenings({ node, at }: Reached): fc.Arbitrary<Happening> {
  const asked = pending.entries(node.pending);
  const rid = fc.oneof(fc.constantFrom(0, ...asked.map((request) => request.rid)), fc.nat());
  const from = fc.oneof(
    fc.constantFrom("memory://n1", ...asked.flatMap((request) => request.to ?? [])),
    address,
  );
  const target = address.map(config.naming);
  const said = fc.tuple(message, rid, fc.boolean()).map(([any, known, use]): Message => {
    return use && "rid" in any ? { ...any, rid: known } : any;
  });
  const deadline = soon.map((ms) => at + ms);
  const mode = fc.constantFrom("recursive", "iterative");
  const seeds = fc.array(address, { maxLength: 3 });
  const reason = fc.constantFrom("refused", "refused-before", "unreachable", "overloaded", "rejected");
  const client = fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true));
  const tag = <Tag extends Happening["_tag"]>(name: Tag): fc.Arbitrary<Tag> => fc.constant(name);
  const received = fc.record({ _tag: tag("Received"), from, incarnation, client, message: said });
  return fc.oneof(
    { weight: 12, arbitrary: received },
    { weight: 4, arbitrary: fc.record({ _tag: tag("SendFailed"), to: from, message: said, reason }) },
    fc.record({ _tag: tag("Disconnected"), process: address }),
    fc.record({ _tag: tag("Ticked") }),
    fc.record({ _tag: tag("CreateRequested"), operation }),
    fc.record({ _tag: tag("JoinRequested"), operation, seeds, orCreate: fc.boolean() }),
    fc.record({ _tag: tag("LookupRequested"), operation, target, deadline, mode }),
    fc.record({ _tag: tag("InspectRequested"), operation, address, deadline }),
    fc.record({ _tag: tag("LeaveRequested"), operation, deadline }),
    fc.record({ _tag: tag("Cancelled"), operation }),
  );
}

/** A state, and something that happens to it now, a little later, or much later by either clock. */
const scenes: fc.Arbitrary<readonly [NodeState, Event]> = reached.chain((state) => {
  const later = fc.oneof(fc.constant(0), fc.nat(400), soon, fc.maxSafeNat());
  const jump = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: -1e9, max: 1e9 }));
  return fc.tuple(happenings(state), later, jump).map(([what, passed, jumped]) => {
    const clocks = { at: state.at + passed, wall: state.wall + passed + jumped };
    return [state.node, deepFreeze<Event>({ ...what, ...clocks })] as const;
  });
});

/** All that a node reacts to one event with is bounded by what it knows and waits for. */
function effectsMax(node: NodeState): number {
  const { successors, fingers } = node.pointers;
  return 16 + 4 * (node.pending.size + successors.length + fingers.length);
}

function sent(effects: ReadonlyArray<Effect>): ReadonlyArray<Message> {
  return effects.flatMap((effect) => (effect._tag === "Send" ? [effect.message] : []));
}

const runs = { numRuns: 4000 };

describe("step, in any state that a ring comes to", () => {
  it("answers everything that can happen, the same each time, and writes to nothing", () => {
    fc.assert(
      fc.property(scenes, ([node, event]) => {
        const first = step(node, event);
        expect(step(node, event)).toEqual(first);
        expect(first[1].length).toBeLessThanOrEqual(effectsMax(node));
      }),
      runs,
    );
  });

  it("says only what the wire can carry", () => {
    fc.assert(
      fc.property(scenes, ([node, event]) => {
        for (const message of sent(step(node, event)[1])) {
          const decoded = wire.decode(wire.encode({ from: 0, to: 1, message }));
          expect(decoded).toMatchObject({ _tag: "Right", right: { message: { _tag: message._tag } } });
        }
      }),
      runs,
    );
  });

  it("goes on from there: whatever happened, time can pass, and it never asks to be woken at once again", () => {
    fc.assert(
      fc.property(scenes, ([node, event]) => {
        let [state] = step(node, event);
        const { at, wall } = event;
        for (const later of [1, 100, 1000, 10_000, 100_000]) {
          [state] = step(state, { _tag: "Ticked", at: at + later, wall: wall + later });
          expect(nextDeadline(state) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(at + later);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a tick", () => {
  /** The state as it is after a tick at the time for which it was reached. */
  const settled = reached.map(({ node, at, wall }) => {
    const [state] = step(node, { _tag: "Ticked", at, wall });
    return { node: state, at, wall };
  });

  it("that is early or repeated changes nothing but the clock last seen", () => {
    fc.assert(
      fc.property(settled, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (state, share) => {
        const due = nextDeadline(state.node) ?? state.at + 100_000;
        const at = state.at + (Math.min(due, state.at + 60_000) - state.at) * share;
        fc.pre(at < due);
        const [after, effects] = step(state.node, { _tag: "Ticked", at, wall: state.wall + at - state.at });
        expect(effects).toEqual([]);
        const { at: seenAt, wall: seenWall } = after.timers;
        expect(after).toEqual({
          ...state.node,
          timers: { ...state.node.timers, at: seenAt, wall: seenWall },
        });
      }),
      runs,
    );
  });

  it("is due when what changed is due, or what was known before", () => {
    fc.assert(
      fc.property(scenes, ([earlier, event]) => {
        const [state] = step(earlier, event);
        const known = nextDeadline(earlier) ?? Number.POSITIVE_INFINITY;
        const changed = nextDeadline(state, earlier) ?? Number.POSITIVE_INFINITY;
        const all = nextDeadline(state) ?? Number.POSITIVE_INFINITY;
        expect(Math.min(known, changed)).toBe(Math.min(known, all));
      }),
      runs,
    );
  });

  it("is never due in the past, and ticks at the times that are due get on", () => {
    fc.assert(
      fc.property(reached, ({ node, at: from, wall }) => {
        let state = node;
        let at: Millis = from;
        let ticks = 0;
        while (at < from + 20_000) {
          const due = nextDeadline(state);
          if (due === null) return;
          at = Math.max(at, due);
          [state] = step(state, { _tag: "Ticked", at, wall: wall + at - from });
          expect(nextDeadline(state) ?? at).toBeGreaterThanOrEqual(at);
          ticks++;
          expect(ticks).toBeLessThan(2000);
        }
      }),
      { numRuns: 300 },
    );
  });
});
