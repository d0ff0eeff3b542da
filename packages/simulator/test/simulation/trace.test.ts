import type { Message } from "@chordnet/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { play } from "../../src/play.js";
import { draw } from "../../src/schedule/draw.js";
import { lossy, mild, virtual } from "../../src/schedule/modes.js";
import type { Schedule } from "../../src/schedule/scenario.js";
import { Trace } from "../../src/simulation/trace.js";

/** What a trace was told once. */
type Added = Parameters<Trace["add"]>;

describe("the hash of a trace", () => {
  const added = [mild(3), lossy(4), virtual(5)].flatMap((scenario) => addedIn(draw(scenario)));

  it("is another one, whatever one thing of one event or effect is another", () => {
    const samples = firstOfEach(added, kindsOf);
    expect([...samples.keys()]).toEqual(expect.arrayContaining(["Ticked", "Disconnected", "Settled"]));
    expect([...samples.keys()]).toEqual(expect.arrayContaining(["SendFailed Introduce", "Received Ask"]));
    for (const each of samples.values()) {
      const whole = alone(each);
      const hash = hashOf([whole]);
      for (const [place, part] of whole.entries()) {
        for (const other of changesOf(part)) {
          const changed = whole.map((same, at) => (at === place ? other : same));
          expect(hashOf([changed as Added])).not.toBe(hash);
        }
      }
    }
  });

  it("is another one, whatever one thing a message says that comes as it was sent", () => {
    const samples = firstOfEach(added, (each) => (each[4] === null ? [] : kindsOf(each).slice(0, 1)));
    expect(samples.size).toBeGreaterThan(12);
    for (const received of samples.values()) {
      const message = messageOf(received);
      const sent = added.find((each) => sendsOf(each).includes(message)) as Added;
      const run = [sent, received];
      for (const other of changesOf(message)) {
        const changed = run.map((each) => replaced(each, message, other as Message) as Added);
        expect(changed.map(messageOf)).toContain(other);
        expect(hashOf(changed)).not.toBe(hashOf(run));
      }
    }
  });

  it("tells the same runs apart as one that counts messages where they come, too", () => {
    const left = fc.array(fc.nat(60), { maxLength: 2 });
    const property = fc.property(fc.nat(500), left, (seed, leftOut) => {
      const schedule = draw(mild(seed));
      const fewer = { ...schedule, acts: schedule.acts.filter((_, i) => !leftOut.includes(i)) };
      const [one, other] = [addedIn(schedule), addedIn(fewer)];
      expect(hashOf(one) === hashOf(other)).toBe(hashOf(one.map(alone)) === hashOf(other.map(alone)));
    });
    fc.assert(property, { numRuns: 10 });
  });

  it("is that of the run, in which a message counts where it comes if it was changed on its way", () => {
    const schedule = draw(mild(3));
    expect(hashOf(addedIn(schedule))).toBe(play(schedule).traceHash);
    const garbled = addedIn(schedule, (message) =>
      message._tag === "Found" ? { ...message, hops: message.hops + 1 } : message,
    );
    const letters = garbled.flatMap((each) => (kindsOf(each)[0] === "Received Found" ? [each[4]] : []));
    expect(new Set(letters)).toEqual(new Set([null]));
  });
});

function addedIn(schedule: Schedule, carried: (message: Message) => Message = (message) => message): Added[] {
  const added: Added[] = [];
  play(schedule, {
    prepare: (simulation) => {
      simulation.carried = carried;
      simulation.trace.add = (...each) => added.push(each);
    },
  });
  return added;
}

function hashOf(added: ReadonlyArray<Added>): string {
  const trace = new Trace();
  for (const each of added) trace.add(...each);
  return trace.digest();
}

/** As if the message that it brings had not been counted before. */
function alone([now, url, node, event, , outcomes]: Added): Added {
  return [now, url, node, event, null, outcomes];
}

/** The kind of the event first, then those of the effects. */
function kindsOf([, , , event, , outcomes]: Added): ReadonlyArray<string> {
  return [event, ...outcomes.flatMap(({ effects }) => effects)].map((what) =>
    "message" in what && typeof what.message === "object" ? `${what._tag} ${what.message._tag}` : what._tag,
  );
}

function sendsOf([, , , , , outcomes]: Added): ReadonlyArray<Message> {
  return outcomes.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect._tag === "Send" ? [effect.message] : [])),
  );
}

function messageOf([, , , event, , outcomes]: Added): Message {
  if ("message" in event) return event.message;
  return sendsOf([0, "", 0, event, null, outcomes])[0] as Message;
}

/** The first that has some kind that none before it had. */
function firstOfEach(
  added: ReadonlyArray<Added>,
  kinds: (each: Added) => ReadonlyArray<string>,
): ReadonlyMap<string, Added> {
  const first = new Map<string, Added>();
  for (const each of added) for (const kind of kinds(each)) if (!first.has(kind)) first.set(kind, each);
  return first;
}

/** Everything that it may be if one thing in it is another: a leaf, or how long a list is. */
function* changesOf(value: unknown): Generator<unknown> {
  if (typeof value === "number") yield Number.isFinite(value) ? value + 1 : 0;
  else if (typeof value === "bigint") yield value + 1n;
  else if (typeof value === "string") yield `${value}x`;
  else if (typeof value === "boolean") yield !value;
  else if (value === null) yield 0;
  else if (Array.isArray(value)) {
    yield [...value, 0];
    for (let i = 0; i < value.length; i++) {
      for (const other of changesOf(value[i])) yield value.map((each, at) => (at === i ? other : each));
    }
  } else {
    for (const [key, inner] of Object.entries(value as object)) {
      for (const other of changesOf(inner)) yield { ...(value as object), [key]: other };
    }
  }
}

/** The same, with another value in the place of that very one. */
function replaced(value: unknown, old: unknown, other: unknown): unknown {
  if (value === old) return other;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => replaced(each, old, other));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replaced(inner, old, other)]));
}
