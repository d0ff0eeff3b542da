import type { Address, Config, NodeState } from "@chordnet/core";
import { distance, isMember } from "@chordnet/core";
import type { Host } from "../simulation/host.js";
import type { Broken } from "./violation.js";

/** What is looked at: the processes that are there. */
export interface Population {
  readonly config: Config;
  readonly hosts: ReadonlyMap<Address, Host>;
}

/**
 * Zave's invariants of Chord (2016), seen from the first successor of each member that is one itself ("best
 * successor"). In a finite ring in which each has one, at least one ring and connected appendages follow; what is left
 * to look at is that there is but one ring, and that it goes round once. Ordered lists without duplicates are checked
 * at each node.
 *
 * Her assumptions: a failure leaves every other member an entry in its list that is alive, and failures are told from
 * silence (nobody alive is believed dead). Messages take time here, so the first has to hold for lists under way, too
 * (Verdi Chord): what a process said last may bring a list of those who died with it. Where a failure breaks that, or
 * one node was alone, who has no successor, this waits until the ring is whole again. The second is a matter of the
 * run's faults: `play` leaves this check out where they may break it. That at least r + 1 principals remain is not
 * asked for, as smaller rings have lists that are as long as there are others.
 */
export class RingCheck {
  private readonly population: Population;
  private waiting = false;
  private isAlone = false;

  constructor(population: Population) {
    this.population = population;
  }

  /**
   * A list changed, or somebody entered or went. `failed`: somebody crashed or left, or what it had said before that
   * came only now; either may break the assumption.
   */
  look(failed: boolean, report: (broken: Broken) => void): void {
    const found = this.flaw();
    if (found === null) this.waiting = this.isAlone;
    else if (failed && found._tag === "NoLiveSuccessor") this.waiting = true;
    else if (!this.waiting) {
      this.waiting = true;
      report(found);
    }
  }

  private flaw(): Broken | null {
    const members = new Map<Address, NodeState>();
    for (const { state } of this.population.hosts.values()) {
      for (const node of state.nodes) if (isMember(node)) members.set(node.self.address, node);
    }
    this.isAlone = members.size <= 1;
    if (this.isAlone) return null;
    const best = new Map<Address, Address>();
    for (const [address, { pointers }] of members) {
      const first = pointers.successors.find((peer) => members.has(peer.address));
      if (first === undefined) return { _tag: "NoLiveSuccessor", node: address };
      best.set(address, first.address);
    }
    return this.ringFlaw(members, best);
  }

  /** Everybody's way leads into one ring, and that ring goes round the circle once. */
  private ringFlaw(
    members: ReadonlyMap<Address, NodeState>,
    best: ReadonlyMap<Address, Address>,
  ): Broken | null {
    const { space } = this.population.config;
    const walk = new Map<Address, number>();
    let ring: number | null = null;
    let number = 0;
    for (const start of members.keys()) {
      number++;
      let at = start;
      while (!walk.has(at)) {
        walk.set(at, number);
        at = best.get(at) as Address;
      }
      if (walk.get(at) !== number) continue;
      if (ring !== null) return { _tag: "RingsSplit", node: at };
      ring = number;
      let round = 0n;
      let here = at;
      do {
        const next = best.get(here) as Address;
        round += distance(space, idOf(members, here), idOf(members, next));
        here = next;
      } while (here !== at);
      if (round !== space.size) return { _tag: "RingDisordered", node: at };
    }
    return null;
  }
}

/** Whether what happened to this process changed who follows whom. */
export function movesRing(before: NodeState, after: NodeState): boolean {
  return before.pointers.successors !== after.pointers.successors || before.phase !== after.phase;
}

/** OrderedSuccessorLists and NoDuplicates: in the order of the circle, each once, and never the node itself. */
export function listFlaw({ config, self, pointers }: NodeState): Broken | null {
  let last = 0n;
  for (const peer of pointers.successors) {
    const far = distance(config.space, self.id, peer.id);
    if (far <= last) return { _tag: "ListDisordered", node: self.address };
    last = far;
  }
  return null;
}

function idOf(members: ReadonlyMap<Address, NodeState>, address: Address): NodeState["self"]["id"] {
  return (members.get(address) as NodeState).self.id;
}
