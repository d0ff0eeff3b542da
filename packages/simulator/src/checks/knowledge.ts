import type { Address, NodeState } from "@chordnet/core";
import { processAddress } from "@chordnet/core";
import type { Simulation } from "../simulation/simulation.js";

/**
 * Whether those that the live processes point at or remember connect them all: the one thing that is asked of a state
 * from which the ring is to become whole. Where all that some knew are dead, and nobody knows them, only a seed helps.
 */
export function isConnected({ hosts }: Simulation): boolean {
  const links = new Map<Address, Set<Address>>([...hosts.keys()].map((url) => [url, new Set()]));
  for (const [url, { state }] of hosts) {
    for (const known of state.nodes.flatMap(knownTo)) {
      links.get(known)?.add(url);
      if (hosts.has(known)) links.get(url)?.add(known);
    }
  }
  const [first] = links.keys();
  const reached = new Set<Address>(first === undefined ? [] : [first]);
  for (const url of reached) for (const other of links.get(url) ?? []) reached.add(other);
  return reached.size === links.size;
}

function knownTo({ pointers, remembered }: NodeState): ReadonlyArray<Address> {
  const { predecessor, successors, fingers } = pointers;
  const peers = [predecessor, ...successors, ...[...fingers, ...remembered].map(({ peer }) => peer)];
  return peers.flatMap((peer) => (peer === null ? [] : [processAddress(peer.address)]));
}
