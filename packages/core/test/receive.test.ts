import { lossy, stopped } from "@chordnet/simulator";
import type { Reached } from "@chordnet/simulator/testing";
import { messages, reachedStates } from "@chordnet/simulator/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DropReason } from "../src/effect.js";
import type { Received } from "../src/event.js";
import type { Message, Reply, Token, Verdict } from "../src/message.js";
import * as pending from "../src/pending.js";
import type { Request } from "../src/request.js";
import type { NodeState } from "../src/state.js";
import { nextDeadline, step } from "../src/step.js";
import { answer, ask, at, happens, member, report } from "./small-ring.js";

/** An answer counts once, from whom was asked, in the form that was asked for. All else is dropped, and says why. */

interface Asked extends Reached {
  readonly request: Request;
}

const asked: ReadonlyArray<Asked> = [...reachedStates(lossy(7), 3), ...reachedStates(stopped(2), 5)].flatMap(
  (state) => pending.entries(state.node.pending).map((request) => ({ ...state, request })),
);
const { config } = (asked[0] as Asked).node;

const address = fc.nat(16).map((i) => `memory://n${i}`);
const epoch = fc.nat(1_700_000_000_000);
const { byTag, message } = messages(config.space, config.naming, undefined, { address, epoch });
const replies: fc.Arbitrary<Reply> = fc.oneof(
  byTag.Answer,
  byTag.Found,
  byTag.Unfound,
  byTag.Closer,
  byTag.Pong,
  byTag.Left,
  byTag.Resolved,
  byTag.Refused,
  byTag.Inspected,
  byTag.StatusReply,
);
const any = fc.nat(asked.length - 1).map((i) => asked[i] as Asked);
/** A state and something that one node was asked there. */
const anyDirect = any.filter(({ request }) => request.to !== null);
const runs = { numRuns: 2000 };
const century = 3_155_760_000_000;

function received(from: string, said: Message, client = false): Received {
  return { _tag: "Received", from, incarnation: 1, client, message: said };
}

/** Of all that a node holds, has heard of, and is to count on from. */
function highestEpoch({ ownership, epochSeen }: NodeState): number {
  const { token, acknowledged, before, split } = ownership;
  const reports = before === null ? [] : [before.report, ...before.beneath];
  const held = [token, acknowledged, split?.rest ?? null, ...reports.map((report) => report.token)];
  return Math.max(epochSeen, ...held.map((each) => each?.epoch ?? 0));
}

function drops(
  { node, at, wall }: Reached,
  event: Received,
  reason: DropReason,
): asserts event is Received & { readonly message: Reply } {
  const [after, effects] = step(node, { ...event, at, wall });
  expect(effects).toEqual([{ _tag: "Dropped", from: event.from, message: event.message._tag, reason }]);
  expect({ ...after, timers: null }).toEqual({ ...node, timers: null });
}

/** What may answer which request; everything else has the wrong form. */
function answers({ to, purpose }: Request): ReadonlyArray<Reply["_tag"]> {
  switch (purpose._tag) {
    case "Ask":
      return ["Answer", "Refused"];
    case "Ping":
      return ["Pong", "Refused"];
    case "Introduce":
      return ["Introduced", "Refused"];
    case "JoinQuery":
      return ["Resolved", "Refused"];
    case "Inspect":
      return ["Inspected", "Refused"];
    case "Leave":
      return ["Left"];
    case "Lookup":
      if (purpose.resting) return [];
      return to === null ? ["Found", "Unfound"] : ["Found", "Closer", "Refused"];
  }
}

describe("a reply", () => {
  it("to nothing that was asked is dropped, and changes nothing", () => {
    fc.assert(
      fc.property(
        any,
        replies,
        address,
        fc.integer({ min: 0, max: 2 ** 48 - 1 }),
        (state, reply, from, rid) => {
          fc.pre(pending.get(state.node.pending, rid) === undefined);
          drops(state, received(from, { ...reply, rid }), "unknown-request");
        },
      ),
      runs,
    );
  });

  it("from whom was not asked is dropped, and changes nothing", () => {
    fc.assert(
      fc.property(anyDirect, replies, address, (state, reply, from) => {
        fc.pre(from !== state.request.to);
        drops(state, received(from, { ...reply, rid: state.request.rid }), "wrong-peer");
      }),
      runs,
    );
  });

  it("in another form than was asked for is dropped, and changes nothing", () => {
    fc.assert(
      fc.property(any, replies, address, (state, reply, stranger) => {
        const { rid, to } = state.request;
        fc.pre(!answers(state.request).includes(reply._tag));
        drops(state, received(to ?? stranger, { ...reply, rid }), "wrong-form");
      }),
      runs,
    );
  });

  it("counts once", () => {
    fc.assert(
      fc.property(any, replies, address, (state, reply, stranger) => {
        const { rid, to } = state.request;
        fc.pre(answers(state.request).includes(reply._tag));
        const event = received(to ?? stranger, { ...reply, rid });
        const { at, wall } = state;
        const [node] = step(state.node, { ...event, at, wall });
        drops({ node, at, wall }, event, "unknown-request");
      }),
      runs,
    );
  });

  it("in the right form is heard by who asked", () => {
    const seen = new Set(asked.map(({ request }) => request.purpose._tag));
    expect([...seen]).toEqual(expect.arrayContaining(["Ask", "Ping", "JoinQuery", "Lookup", "Leave"]));
  });
});

describe("what has no place", () => {
  it("a client may look up and look around, nothing else", () => {
    fc.assert(
      fc.property(any, message, (state, said) => {
        fc.pre(!["Query", "Inspect", "Status"].includes(said._tag));
        drops(state, received("client 1", said, true), "not-allowed");
      }),
      runs,
    );
  });

  it("epochs are believed up to a hundred years past the calendar, and not a millisecond more", () => {
    const node: NodeState = member(0x20, 0x10);
    const token: Token = { epoch: century, length: 4n };
    const further: Token = { epoch: century + 1, length: 4n };
    const hand = (given: Token, below: Token): Verdict => ({
      _tag: "Handed",
      token: given,
      beneath: [report(0x08, below)],
    });
    const says = (said: Message): ReadonlyArray<DropReason> =>
      happens(node, 0, received(at(0x10).address, said)).effects.flatMap((effect) =>
        effect._tag === "Dropped" ? [effect.reason] : [],
      );
    expect(says(ask(token))).toEqual([]);
    expect(says(ask(token, { beneath: [report(0x08, token)] }))).toEqual([]);
    // Nothing was asked; what is implausible is not even looked up.
    expect(says(answer(7, hand(token, token)))).toEqual(["unknown-request"]);
    for (const said of [
      ask(further),
      ask(token, { beneath: [report(0x08, further)] }),
      answer(7, hand(further, token)),
      answer(7, hand(token, further)),
    ]) {
      expect(says(said)).toEqual(["misplaced"]);
    }
  });

  it("nobody's word makes a node count further than that: epochs never run out", () => {
    const absurd = fc.constantFrom(2 ** 52, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER);
    const told = messages(config.space, config.naming, undefined, {
      address,
      epoch: fc.oneof(epoch, absurd),
    }).byTag;
    // Who has no lease takes what it is handed.
    const asking = asked.filter(
      ({ request, node, at }) => request.purpose._tag === "Ask" && node.ownership.leaseUntil <= at,
    );
    const hand = told.Answer.filter(({ verdict }) => verdict._tag === "Handed");
    const word = fc.oneof(hand, told.Ask, told.Leave, told.Answer, told.Circle);
    fc.assert(
      fc.property(fc.constantFrom(...asking), word, address, (state, said, stranger) => {
        const { rid, to } = state.request;
        const { wall } = state;
        let { node, at } = state;
        [node] = step(node, { ...received(to ?? stranger, { ...said, rid }), at, wall });
        // As long as it takes until all that was said has been acted on.
        for (let i = 0; i < 40; i += 1) {
          at = Math.max(at, nextDeadline(node) ?? at);
          [node] = step(node, { _tag: "Ticked", at, wall });
        }
        expect(highestEpoch(node)).toBeLessThan(wall + century + 1000);
      }),
      { numRuns: 400 },
    );
  });
});
