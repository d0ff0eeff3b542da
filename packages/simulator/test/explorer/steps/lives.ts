import type { Ask, Distance, NodeState, Peer, Token } from "@chordnet/core";
import { explorerConfig } from "../../../src/explorer/world.js";
import { all, peerAt } from "../induction.js";
import type { Law } from "./law.js";
import { heard, memberAtZero } from "./law.js";

const { space, ring } = explorerConfig(2);

/**
 * A node that was born again starts from nothing. Whatever its earlier life held, or was handed and had not yet taken,
 * may be taken from the dead: were the later life served for it, both would hold it.
 */
export const onlyTheSameLifeIsServed: Law = {
  name: "a later life is not served for what an earlier one held",
  *judge({ step }) {
    const { node, now } = memberAtZero();
    for (const from of all.slice(1)) {
      for (const holder of heirsOf(peerAt(from), node, now)) {
        for (const ask of asks()) {
          const [next, effects] = step(holder, heard(from, ask, now, 2));
          for (const effect of effects) {
            if (effect._tag !== "Send" || effect.message._tag !== "Answer") continue;
            const { verdict } = effect.message;
            const known = next.ownership.before?.report.peer;
            const served = verdict._tag === "Handed" || verdict._tag === "Granted";
            if (!served || (known?.id === peerAt(from).id && known.incarnation === 2)) yield null;
            else yield `0 answers ${verdict._tag} to ${from}, and counts its earlier life as the holder`;
          }
        }
      }
    }
  },
};

/** Nodes beneath which lies what that one held, or was handed: with a lease, and after it. */
function* heirsOf(peer: Peer, node: NodeState, now: number): Generator<NodeState> {
  const token: Token = { epoch: 4, length: (space.size - peer.id) as Distance };
  for (const length of all.filter((each) => BigInt(each) <= peer.id)) {
    for (const handed of [true, false]) {
      for (const leaseUntil of [now + ring.leaseMs, now - 1, now - 2 * ring.intervalMs]) {
        const report = { peer, token: { epoch: 3, length: BigInt(length) as Distance }, handed };
        const never = Number.NEGATIVE_INFINITY;
        const before = { report, beneath: [], lastAt: now, notBefore: never, knownSince: never, refused: 0 };
        const ownership = { ...node.ownership, token, acknowledged: token, leaseUntil, split: null, before };
        yield { ...node, ownership };
      }
    }
  }
}

/** Of one that holds nothing, or says that it took what its earlier life was handed. */
function* asks(): Generator<Ask> {
  yield { _tag: "Ask", rid: 5, token: null, unleasedMs: 0, beneath: [] };
  for (const length of all) {
    for (const epoch of [2, 3, 4]) {
      const token = { epoch, length: BigInt(length) as Distance };
      yield { _tag: "Ask", rid: 5, token, unleasedMs: 1, beneath: [] };
    }
  }
}
