import { lossy, stopped, virtual } from "@chordnet/simulator";
import { recordings } from "@chordnet/simulator/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Clocked } from "../src/event.js";
import { id } from "../src/identifier.js";
import type { Find } from "../src/message.js";
import { virtualAddress } from "../src/peer.js";
import type { ProcessState } from "../src/process.js";
import { initialProcess, stepProcess } from "../src/process.js";
import { PromptAnswers } from "../src/prompt-answers.js";
import { codec } from "../src/wire/codec.js";
import { at, small } from "./small-ring.js";

interface Reached extends Clocked {
  readonly state: ProcessState;
  /** Which of the lives that were recorded. */
  readonly life: number;
}

const reached: ReadonlyArray<Reached> = [lossy(7), stopped(2), virtual(1)]
  .flatMap((scenario) => recordings(scenario))
  .flatMap(({ events, answers }, life) =>
    events.map(({ event: { at, wall } }, i) => ({ state: answers[i]?.[0] as ProcessState, life, at, wall })),
  )
  .filter((_, i) => i % 41 === 0);

const { config } = (reached[0] as Reached).state.nodes[0] as ProcessState["nodes"][number];
const { space, naming } = config;
const wire = codec({ space, naming });

/** Of each life: they were asked of its other states before, and these need not have been earlier. */
const prompts = new Map<number, PromptAnswers>();

function promptOf(life: number): PromptAnswers {
  const prompt = prompts.get(life) ?? new PromptAnswers(space, wire);
  prompts.set(life, prompt);
  return prompt;
}

/** A frame on its way from a process to another, and the clocks when it arrives. */
interface Arrival extends Clocked {
  readonly state: ProcessState;
  readonly life: number;
  readonly from: string;
  readonly frame: Uint8Array;
}

/** What goes to the sender where its question is decoded and received, and nothing else comes of it; null: not so. */
function usualAnswer({ state, from, frame, at, wall }: Arrival): Uint8Array | null {
  const decoded = wire.decode(frame);
  if (decoded._tag === "Left") return null;
  const { from: sender, to, message } = decoded.right;
  const received = { _tag: "Received", incarnation: 1, client: false, message, at, wall } as const;
  const [after, outcomes] = stepProcess(state, to, { ...received, from: virtualAddress(from, sender) });
  const [effect, ...others] = outcomes.flatMap(({ effects }) => effects);
  if (after !== state || effect?._tag !== "Send" || effect.to !== from || others.length > 0) return null;
  return wire.encode({ from: to, to: 0, message: effect.message });
}

function promptAnswer({ state, life, from, frame, at, wall }: Arrival): Uint8Array | null {
  return promptOf(life).answer(state, from, frame, at, wall)?.slice() ?? null;
}

const point = fc.bigInt({ min: 0n, max: space.mask }).map((value) => id(space, value));
const number = fc.oneof({ weight: 15, arbitrary: fc.nat(2) }, fc.constantFrom(127, 128, 65_535));

/** Questions of somebody who may have begun them, or passes them on, about keys near to the ends of what is owned. */
const arrivals: fc.Arbitrary<Arrival> = fc.nat(reached.length - 1).chain((i) => {
  const { state, life, at, wall } = reached[i] as Reached;
  const edges = state.nodes.flatMap(({ self, ownership: { token } }) => {
    const start = self.id - (token?.length ?? 0n);
    return [start - 1n, start, start + 1n, self.id, self.id + 1n].map((value) => id(space, value));
  });
  const from = fc.nat(16).map((n) => `memory://n${n}`);
  const frame = fc
    .record({
      find: fc.record({
        _tag: fc.constant("Find" as const),
        rid: fc.nat(2 ** 31).map((bits) => bits * 2 ** 16 + 7),
        target: fc.oneof(point, { weight: 3, arbitrary: fc.constantFrom(...edges) }),
        origin: fc.record({ name: from, incarnation: fc.maxSafeNat() }),
        hops: number,
      }),
      sender: number,
      to: fc.oneof({ weight: 15, arbitrary: fc.nat(state.nodes.length - 1) }, number),
      firstHand: fc.nat(4).map((n) => n > 0),
    })
    .map(({ find, sender, to, firstHand }) => {
      const name = firstHand ? "memory://n3" : find.origin.name;
      const origin = { id: naming(name), address: name, incarnation: find.origin.incarnation };
      const message: Find = { ...find, origin };
      return wire.encode({ from: sender, to, message });
    });
  const later = fc.oneof({ weight: 5, arbitrary: fc.nat(1) }, fc.nat(60), fc.nat(4000));
  return fc
    .record({ frame, later, from: fc.oneof({ weight: 9, arbitrary: fc.constant("memory://n3") }, from) })
    .filter((arrival) => arrival.from !== state.url)
    .map((arrival) => ({ ...arrival, state, life, at: at + arrival.later, wall: wall + arrival.later }));
});

describe("a prompt answer", () => {
  it("is the one that the machine would give, which would do nothing else", () => {
    let answered = 0;
    fc.assert(
      fc.property(arrivals, (arrival) => {
        const answer = promptAnswer(arrival);
        if (answer === null) return;
        answered += 1;
        expect(usualAnswer(arrival)).toEqual(answer);
      }),
      { numRuns: 10_000 },
    );
    expect(answered).toBeGreaterThan(1000);
  });

  it("to what was spoilt on the way is the machine's, too, or none", () => {
    const places = fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 2 });
    fc.assert(
      fc.property(arrivals, places, fc.nat(60), (arrival, wrong, cut) => {
        const frame = arrival.frame.slice(0, cut < 3 ? -cut - 1 : undefined);
        for (const [i, byte] of wrong) frame[i % frame.length] = byte;
        const answer = promptAnswer({ ...arrival, frame });
        if (answer !== null) expect(usualAnswer({ ...arrival, frame })).toEqual(answer);
      }),
      { numRuns: 10_000 },
    );
  });

  it("is given wherever a lookup's first question ends the lookup", () => {
    let answered = 0;
    for (const { state, life, at, wall } of reached) {
      for (const [to, { self }] of state.nodes.entries()) {
        const origin = { id: naming("memory://n99"), address: "memory://n99", incarnation: 5 };
        const message: Find = { _tag: "Find", rid: 7, target: self.id, origin, hops: 1 };
        const arrival = {
          state,
          life,
          from: origin.address,
          frame: wire.encode({ from: 0, to, message }),
          at,
          wall,
        };
        const usual = usualAnswer(arrival);
        if (usual?.[0] !== 0x42) continue;
        answered += 1;
        expect(promptAnswer(arrival)).toEqual(usual);
      }
    }
    expect(answered).toBeGreaterThan(300);
  });

  it("is not given where identifiers have no whole bytes", () => {
    const { address: url } = at(0x20);
    const clocks = { at: 0, wall: 0 };
    const born = initialProcess(small, {
      url,
      incarnation: 5,
      virtualNodes: 1,
      seed: [1, 2, 3, 4],
      ...clocks,
    });
    const [alone] = stepProcess(born, 0, { _tag: "CreateRequested", operation: 9, ...clocks });
    const bits6 = codec({ space: small.space, naming: small.naming });
    const message: Find = { _tag: "Find", rid: 7, target: at(0x11).id, origin: at(0x30), hops: 1 };
    const frame = bits6.encode({ from: 0, to: 0, message });
    expect(new PromptAnswers(small.space, bits6).answer(alone, at(0x30).address, frame, 0, 0)).toBe(null);
  });
});
