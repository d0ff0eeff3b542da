import type { Distance, Event, Found, NodeState } from "@chordnet/core";
import { inRange } from "@chordnet/core";
import { isRight } from "fp-ts/lib/Either.js";
import { calendarMs, explorerConfig } from "../../../src/explorer/world.js";
import { all, peerAt } from "../induction.js";
import type { Law } from "./law.js";
import { heard, memberAtZero } from "./law.js";

const { space } = explorerConfig(2);

/**
 * A lookup ends with who answers exactly if that one claims the key, under a lease that still runs if it was granted
 * when the lookup was sent: whoever says what, and whenever.
 */
export const onlyOwnersAreBelieved: Law = {
  name: "only who claims the key is believed",
  *judge({ step }) {
    const { node, now } = memberAtZero();
    for (const key of [1, 2, 3, 4, 5]) {
      const [asking, effects] = step(node, lookup(key, now));
      const rid = effects.flatMap((e) =>
        e._tag === "Send" && e.message._tag === "Find" ? [e.message.rid] : [],
      )[0];
      if (rid === undefined) yield `nobody is asked for ${key}`;
      else {
        for (const { from, found, afterMs } of answers(rid)) {
          const believed = isBelieved(step, asking, heard(from, found, now + afterMs));
          const owns = inRange(space, peerAt(key).id, peerAt(from).id, found.token.length);
          if (believed === (owns && afterMs < found.leaseMs)) yield null;
          else
            yield `key ${key}: ${from} is ${believed ? "" : "not "}believed: ${found.token.length} points, ${afterMs} ms`;
        }
      }
    }
  },
};

function* answers(rid: number): Generator<{ from: number; found: Found; afterMs: number }> {
  for (const from of all.filter((point) => point !== 0)) {
    for (const points of [0, ...all.map((point) => point + 1)]) {
      for (const leaseMs of [0, 100, 2250]) {
        const token = { epoch: 9, length: BigInt(points) as Distance };
        const found: Found = { _tag: "Found", rid, token, leaseMs, hops: 1 };
        for (const afterMs of [0, 99, 100]) yield { from, found, afterMs };
      }
    }
  }
}

function lookup(key: number, at: number): Event {
  const asked = { operation: 7, target: peerAt(key).id, deadline: at + 10_000, mode: "recursive" } as const;
  return { _tag: "LookupRequested", ...asked, at, wall: at + calendarMs };
}

function isBelieved(step: Parameters<Law["judge"]>[0]["step"], asking: NodeState, event: Event): boolean {
  return step(asking, event)[1].some((effect) => effect._tag === "Settled" && isRight(effect.result));
}
