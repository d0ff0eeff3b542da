import { lossy, stopped, virtual } from "@chordnet/simulator";
import { reachedStates } from "@chordnet/simulator/testing";
import { describe, expect, it } from "vitest";
import type { Owner } from "../src/effect.js";
import type { Clocked } from "../src/event.js";
import { type Id, id } from "../src/identifier.js";
import { OwnAnswers } from "../src/own-answers.js";
import type { NodeState } from "../src/state.js";
import { step } from "../src/step.js";
import { at, member } from "./small-ring.js";

/** What `step` settles a lookup of the key with, where nothing else comes of it and the node owns it; null: not so. */
function usualAnswer(state: NodeState, target: Id, { at, wall }: Clocked): Owner | null {
  const asked = { operation: 1, target, deadline: at + 5000, mode: "recursive" } as const;
  const [after, effects] = step(state, { _tag: "LookupRequested", ...asked, at, wall });
  const [effect, ...others] = effects;
  if (after !== state || effect?._tag !== "Settled" || others.length > 0) return null;
  const { result } = effect;
  const isOwn = result._tag === "Right" && result.right._tag === "Owner";
  return isOwn && result.right.peer === state.self ? result.right : null;
}

/** Keys near to the ends of what the node has, or may have had. */
function edges({ self, ownership, config }: NodeState): ReadonlyArray<Id> {
  const starts = [ownership.token, ownership.acknowledged].map((token) => self.id - (token?.length ?? 0n));
  return [self.id, ...starts]
    .flatMap((point) => [point - 1n, point, point + 1n])
    .map((point) => id(config.space, point));
}

describe("OwnAnswers", () => {
  it.each([lossy(7), stopped(2), virtual(1)])("answers as step would, and only then (%#)", (scenario) => {
    let answered = 0;
    const own = new Map<string, OwnAnswers>();
    for (const { node, at: now, wall } of reachedStates(scenario, 16)) {
      const answers = own.get(node.self.address) ?? new OwnAnswers();
      own.set(node.self.address, answers);
      for (const laterMs of [0, 20, 400])
        for (const key of edges(node)) {
          const clocks = { at: now + laterMs, wall: wall + laterMs };
          const answer = answers.answer(node, key, clocks.at, clocks.wall);
          expect(answer).toEqual(usualAnswer(node, key, clocks));
          if (answer !== null) answered += 1;
        }
    }
    expect(answered).toBeGreaterThan(100);
  });

  it("has none for what the node does not own, and where it was stopped, or the calendar jumped", () => {
    const node = member(0x20, 0x10, { pointers: { successors: [at(0x28), at(0x30)] } });
    const { intervalMs } = node.config.ring;
    const answers = new OwnAnswers();
    const key = at(0x11).id;
    expect(answers.answer(node, key, 0, 0)).toMatchObject({ peer: node.self, hops: 0, epoch: 1 });
    expect(answers.answer(node, at(0x10).id, 0, 0)).toBeNull();
    expect(answers.answer(node, at(0x2a).id, 0, 0)).toBeNull();
    expect(answers.answer(node, key, intervalMs / 2, 0)).toBeNull();
    expect(answers.answer(node, key, 0, 2 * intervalMs)).toBeNull();
  });

  it("forgets a claim with what it came from", () => {
    const node = member(0x20, 0x10, { pointers: { successors: [at(0x28)] } });
    const answers = new OwnAnswers();
    const key = at(0x11).id;
    expect(answers.answer(node, key, 0, 0)).not.toBeNull();
    const lost = { ...node, ownership: { ...node.ownership, leaseUntil: 0 } };
    expect(answers.answer(lost, key, 0, 0)).toBeNull();
  });
});
