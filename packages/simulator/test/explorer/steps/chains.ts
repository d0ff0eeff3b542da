import type { Ask, Distance, NodeState, Report } from "@chordnet/core";
import { explorerConfig } from "../../../src/explorer/world.js";
import { all, peerAt } from "../induction.js";
import type { Law } from "./law.js";
import { heard, memberAtZero } from "./law.js";

const { ring } = explorerConfig(2);

/**
 * Of the chain of neighbours that the one beneath tells, what follows the node itself lies beneath the node, and not
 * beneath whoever was told of last: in a small ring the chain comes round.
 */
export const chainsEndWhereTheyComeRound: Law = {
  name: "nothing is noted of a chain behind the node itself",
  *judge({ step }) {
    const { node, now } = memberAtZero();
    const holder = heirOf(5, node, now);
    for (const first of all) {
      for (const second of all) {
        for (const third of all) {
          const told = [first, second, third].map(reportOf);
          const [next] = step(holder, heard(5, ask(told), now));
          const round = told.findIndex(({ peer }) => peer.id === node.self.id);
          const most = round < 0 ? told.length : round;
          const noted = next.ownership.before?.beneath ?? [];
          if (noted.length <= most && noted.every(({ peer }, i) => peer.id === told[i]?.peer.id)) yield null;
          else yield `0 is told ${first} ${second} ${third}, and notes ${noted.map(({ peer }) => peer.id)}`;
        }
      }
    }
  },
};

function reportOf(point: number): Report {
  return { peer: peerAt(point), token: { epoch: 2, length: 1n as Distance }, handed: false };
}

/** A leased node beneath which lies what that one holds. */
function heirOf(from: number, node: NodeState, now: number): NodeState {
  const token = { epoch: 4, length: BigInt(8 - from) as Distance };
  const before = {
    report: reportOf(from),
    beneath: [],
    lastAt: now,
    notBefore: Number.NEGATIVE_INFINITY,
    knownSince: now,
    refused: 0,
  };
  const lease = { leaseUntil: now + ring.leaseMs, acknowledged: token, split: null };
  return { ...node, ownership: { ...node.ownership, ...lease, token, before } };
}

function ask(beneath: ReadonlyArray<Report>): Ask {
  return { _tag: "Ask", rid: 5, token: { epoch: 2, length: 1n as Distance }, unleasedMs: 0, beneath };
}
