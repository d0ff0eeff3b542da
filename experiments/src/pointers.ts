import type { NodeState, Peer } from "@chordnet/core";
import { fingerStart } from "@chordnet/core";
import type { Simulation } from "@chordnet/simulator";

/** Shares of all members' pointers. `wrong`: dead, or not the node that it should be, by the sorted list of members. */
export interface WrongPointers {
  readonly successorsWrong: number;
  readonly successorsDead: number;
  readonly fingersWrong: number;
  readonly fingersDead: number;
}

/** Looks at the first successor and all fingers of each member, as they are at this instant. */
export function wrongPointers(simulation: Simulation): WrongPointers {
  const { space } = simulation.config;
  const members = simulation.members();
  const alive = new Set(members.map(({ self }) => life(self)));
  const sum = {
    successors: 0,
    fingers: 0,
    successorsWrong: 0,
    successorsDead: 0,
    fingersWrong: 0,
    fingersDead: 0,
  };
  members.forEach(({ self, pointers }, i) => {
    const head = pointers.successors[0];
    sum.successors++;
    if (head === undefined || !alive.has(life(head))) sum.successorsDead++;
    if (head?.id !== members[(i + 1) % members.length]?.self.id) sum.successorsWrong++;
    for (const { index, peer } of pointers.fingers) {
      sum.fingers++;
      if (!alive.has(life(peer))) sum.fingersDead++;
      if (peer.id !== firstFrom(members, fingerStart(space, self.id, index)).id) sum.fingersWrong++;
    }
  });
  return {
    successorsWrong: sum.successorsWrong / sum.successors,
    successorsDead: sum.successorsDead / sum.successors,
    fingersWrong: sum.fingersWrong / sum.fingers,
    fingersDead: sum.fingersDead / sum.fingers,
  };
}

function life({ address, incarnation }: Peer): string {
  return `${address} ${incarnation}`;
}

/** Of members in order, the first at or behind the point. */
function firstFrom(members: ReadonlyArray<NodeState>, point: bigint): Peer {
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((members[middle] as NodeState).self.id < point) low = middle + 1;
    else high = middle;
  }
  return (members[low % members.length] as NodeState).self;
}
