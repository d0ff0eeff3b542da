import type { NodeView, PeerInfo } from "chordnet";
import type { Claim } from "./claims.js";

/** What `chordnet ring --json` prints of a node, one a line. */
export interface Member {
  readonly id: string;
  readonly address: string;
  readonly predecessor: Neighbour | null;
  readonly successors: ReadonlyArray<Neighbour>;
  /** Null: nothing, at the moment it was asked. */
  readonly claims: Claim | null;
}

export interface Neighbour {
  readonly id: string;
  readonly address: string;
}

export function memberOf({ id, address, predecessor, successors, claim }: NodeView): Member {
  return {
    id,
    address,
    predecessor: predecessor === null ? null : neighbourOf(predecessor),
    successors: successors.map(neighbourOf),
    claims: claim,
  };
}

function neighbourOf({ id, address }: PeerInfo): Neighbour {
  return { id, address };
}
