import type { Event, NodeState, Owner, ProcessState } from "@chordnet/core";
import { initialProcess } from "@chordnet/core";
import { isRight } from "fp-ts/lib/Either.js";
import { addressOf, calendarMs, explorerConfig, pointOf } from "../../../src/explorer/world.js";
import { Dice } from "../../../src/simulation/dice.js";
import { foundRing } from "../../../src/simulation/founded.js";
import { all, peerAt } from "../induction.js";
import type { Law } from "./law.js";
import { heard } from "./law.js";

const config = explorerConfig(2);

/**
 * In every ideal ring every member finds the owner of every key: one that it has in its list at once, and others in as
 * many steps as an identifier has bits.
 */
export const keysAreNear: Law = {
  name: "in the ideal ring a key is near",
  *judge({ step }) {
    for (const points of rings()) {
      const nodes = new Map(idealRing(points).map((node) => [Number(node.self.id), node]));
      for (const asker of points) {
        for (const key of all) {
          const owner = points.find((point) => point >= key) ?? points[0];
          const found = lookUp(step, nodes, asker, key);
          const listed = nodes.get(asker)?.pointers.successors.some(({ id }) => Number(id) === owner);
          const hopsMax = owner === asker ? 0 : listed ? 1 : config.space.bits;
          const what = `ring ${points.join(" ")}: ${asker} looks up ${key}`;
          if (found === null) yield `${what} in vain`;
          else if (Number(found.peer.id) !== owner) yield `${what}, and is told ${found.peer.id}`;
          else yield found.hops <= hopsMax ? null : `${what} in ${found.hops} steps`;
        }
      }
    }
  },
};

/** Every set of points but the empty one, each in order. */
function rings(): number[][] {
  const found: number[][] = [];
  for (let mask = 1; mask < 1 << all.length; mask++) found.push(all.filter((point) => mask & (1 << point)));
  return found;
}

function idealRing(points: ReadonlyArray<number>): NodeState[] {
  const born = points.map((point): ProcessState => {
    const birth = {
      incarnation: 1,
      virtualNodes: 1,
      seed: [0, 0, 0, point],
      at: 0,
      wall: calendarMs,
    } as const;
    return initialProcess(config, { url: addressOf(point), ...birth });
  });
  return foundRing(born, 0, new Dice(1)).flatMap(({ nodes }) => nodes);
}

/** Plays the lookup to its end, if it needs no time. */
function lookUp(
  step: Parameters<Law["judge"]>[0]["step"],
  nodes: ReadonlyMap<number, NodeState>,
  asker: number,
  key: number,
): Owner | null {
  const asked = { operation: 1, target: peerAt(key).id, deadline: 10_000, mode: "recursive" } as const;
  const asking: Event = { _tag: "LookupRequested", ...asked, at: 0, wall: calendarMs };
  const states = new Map(nodes);
  const due: Array<{ at: number; event: Event }> = [{ at: asker, event: asking }];
  for (const { at, event } of due) {
    const [next, effects] = step(states.get(at) as NodeState, event);
    states.set(at, next);
    for (const effect of effects) {
      if (effect._tag === "Send") due.push({ at: pointOf(effect.to), event: heard(at, effect.message, 0) });
      if (effect._tag !== "Settled") continue;
      const { result } = effect;
      return isRight(result) && result.right._tag === "Owner" ? result.right : null;
    }
  }
  return null;
}
