import type { Status } from "chordnet";

/** Whether requests may be sent to a node, and why not. */
export interface Readiness {
  readonly ready: boolean;
  readonly reason: string;
}

/** Ready is a member each of whose virtual nodes claims its range, under a lease, and knows who follows it. */
export function readiness({ phase, nodes, ring }: Status): Readiness {
  if (phase !== "member") return { ready: false, reason: `not ready: ${phase}` };
  for (const { address, claim, successors, tooFewMembers } of nodes) {
    if (tooFewMembers)
      return { ready: false, reason: `not ready: too-few-members: ${address} sees fewer than --min-members` };
    if (claim === null) return { ready: false, reason: `not ready: ${address} has no lease` };
    const alone = claim.from === claim.to;
    if (successors.length === 0 && !alone)
      return { ready: false, reason: `not ready: ${address} knows nobody` };
  }
  return { ready: true, reason: `ready: a member of ${ring?.name ?? "a ring"}` };
}
