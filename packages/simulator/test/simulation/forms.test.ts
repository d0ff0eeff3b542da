import type { Event, Message, Outcome } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { play } from "../../src/play.js";
import { draw } from "../../src/schedule/draw.js";
import { disasters, lossy, mild, tiny, virtual } from "../../src/schedule/modes.js";
import { Digest } from "../../src/simulation/digest.js";
import { addEvent, addMessage, addOutcome } from "../../src/simulation/forms.js";

describe("the forms of a trace", () => {
  const scenarios = [mild(3), lossy(4), virtual(5), tiny(6), { ...disasters(7), minutes: 0.5 }];

  it("add to a digest what a walk through the value does, of all that happens in runs", () => {
    const kinds = new Set<string>();
    for (const scenario of scenarios) {
      const [written, walked] = [new Digest(), new Digest()];
      play(draw(scenario), {
        prepare: ({ trace }) => {
          trace.add = (_now, _url, _node, event, letter, outcomes) => {
            addEvent(written, event, letter !== null);
            walkEvent(walked, event, letter !== null);
            for (const outcome of outcomes) {
              addOutcome(written, outcome);
              walked.object(outcome);
            }
            for (const message of said(event, outcomes)) kinds.add(message._tag);
          };
        },
      });
      expect(`${written}`).toBe(`${walked}`);
    }
    expect([...kinds]).toEqual(expect.arrayContaining(["Ask", "Answer", "Introduced", "Find", "Found"]));
  });

  it("walk through whatever has another form than it should", () => {
    const peer = { id: 1n, address: "memory://n1", incarnation: 2 };
    const answer = {
      _tag: "Answer",
      rid: 1,
      verdict: { _tag: "Wait", soon: true },
      predecessor: 0,
      successors: [0],
    };
    const ask = {
      _tag: "Ask",
      rid: 1,
      token: 0,
      unleasedMs: 0.5,
      beneath: [{ peer, token: 0, handed: true }, 0],
    };
    for (const message of [answer, ask]) {
      const [written, walked] = [new Digest(), new Digest()];
      addMessage(written, message as unknown as Message);
      walked.value(message);
      expect(`${written}`).toBe(`${walked}`);
    }
  });
});

/** The plain version. */
function walkEvent(digest: Digest, event: Event, isSent: boolean): void {
  for (const [key, value] of Object.entries(event)) if (!isSent || key !== "message") digest.value(value);
}

function said(event: Event, outcomes: ReadonlyArray<Outcome>): ReadonlyArray<Message> {
  const effects = outcomes.flatMap((outcome) => outcome.effects);
  return [event, ...effects].flatMap((what) =>
    "message" in what && typeof what.message === "object" ? [what.message] : [],
  );
}
