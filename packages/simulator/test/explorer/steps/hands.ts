import type { Ask, Distance, NodeState, Token } from "@chordnet/core";
import { distance } from "@chordnet/core";
import { explorerConfig } from "../../../src/explorer/world.js";
import { all, peerAt } from "../induction.js";
import type { Law } from "./law.js";
import { heard, memberAtZero } from "./law.js";

const { space, ring } = explorerConfig(2);

/** Long enough for every wait of the protocol to be over. */
const longMs = 10 * (ring.leaseMs + ring.intervalMs);

/**
 * A node with a lease that knows nothing of its asker hands it nothing but a part of its own, whatever that one says
 * that it once held: others may have been given it since, or it may not fit into the ring beside what the node holds.
 */
export const onlyOwnIsHanded: Law = {
  name: "what is handed was the giver's own",
  *judge({ step }) {
    const { node, now } = memberAtZero();
    for (const own of all.slice(1)) {
      const holder = holding(node, BigInt(own) as Distance, now);
      for (const { from, ask } of asks()) {
        for (const effect of step(holder, heard(from, ask, now))[1]) {
          if (effect._tag !== "Send" || effect.message._tag !== "Answer") continue;
          const { verdict } = effect.message;
          const handed = verdict._tag === "Handed" ? verdict.token.length : 0n;
          const behind = distance(space, peerAt(from).id, node.self.id);
          if (handed === 0n || behind + handed <= BigInt(own)) yield null;
          else
            yield `0 holds ${own} points, and hands ${handed} to ${from}, who says that it held ${ask.token?.length}`;
        }
      }
    }
  },
};

/** A node that is leased, and knows nobody who holds what ends where its own begins. */
function holding(node: NodeState, length: Distance, now: number): NodeState {
  const token: Token = { epoch: 3, length };
  const lease = { leaseUntil: now + ring.leaseMs, acknowledged: token, split: null };
  return { ...node, ownership: { ...node.ownership, ...lease, token, before: null, gapSince: now } };
}

function* asks(): Generator<{ from: number; ask: Ask }> {
  for (const from of all.slice(1)) {
    for (const length of [0, ...all.map((point) => point + 1)]) {
      const token = { epoch: 2, length: BigInt(length) as Distance };
      for (const unleasedMs of [0, 1, longMs]) {
        yield { from, ask: { _tag: "Ask", rid: 5, token, unleasedMs, beneath: [] } };
      }
    }
  }
}
