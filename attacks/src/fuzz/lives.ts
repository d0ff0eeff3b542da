import type { Event, Message } from "@chordnet/core";
import type { Scenario } from "@chordnet/simulator";
import type { Reached, Recording } from "@chordnet/simulator/testing";
import { deepFreeze, recordings } from "@chordnet/simulator/testing";

/** What happened to a node in an honest ring, and what that answered. */
export interface Honest {
  readonly event: Event;
  /** The kind of question that it answers, with the number that it had then. Null: none. */
  readonly question: Message["_tag"] | null;
}

/** A moment in the life of a node, and how that went on where nobody was hostile. */
export interface Lived extends Reached {
  readonly ahead: ReadonlyArray<Honest>;
}

/** Every so many-th moment of each life in a ring, its beginning first. */
export function lives(scenario: Scenario, every: number): ReadonlyArray<Lived> {
  return recordings(scenario).flatMap((recording) => moments(recording, every));
}

function moments({ born, events, answers }: Recording, every: number): ReadonlyArray<Lived> {
  const asked = new Map<number, Message["_tag"]>();
  const told = events.map(({ event }, i): Honest => {
    const message = event._tag === "Received" ? event.message : null;
    const question = message !== null && "rid" in message ? asked.get(message.rid) : undefined;
    for (const { effects } of answers[i]?.[1] ?? [])
      for (const effect of effects)
        if (effect._tag === "Send" && "rid" in effect.message)
          asked.set(effect.message.rid, effect.message._tag);
    return { event, question: question ?? null };
  });
  const found: Lived[] = [];
  for (let i = 0; i < told.length; i += every) {
    const node = (i === 0 ? born : answers[i - 1]?.[0])?.nodes[0];
    const { at, wall } = (events[Math.max(0, i - 1)] as Recording["events"][number]).event;
    if (node !== undefined) found.push(deepFreeze({ node, at, wall, ahead: told.slice(i, i + aheadMax) }));
  }
  return found;
}

/** So far ahead a life is known: longer than a join or a leave takes. */
const aheadMax = 64;
