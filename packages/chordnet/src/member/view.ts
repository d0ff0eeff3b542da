import type { Config, NodeState, Peer, ProcessState } from "@chordnet/core";
import { claim, formatId, owns, processAddress, usable } from "@chordnet/core";
import type { ConnectionInfo } from "@chordnet/transport";
import { peerInfo } from "../address.js";
import type { PeerInfo } from "../api.js";
import type { ConnectionStatus, NodeStatus, PeerStatus } from "../status.js";
import { boundsView, claimView } from "../views.js";
import type { Range } from "./api.js";

/** What a member can tell of itself at once, read from its state. */

/** Whether one of the process's virtual nodes claims the key at this time. */
export function ownsKey(state: ProcessState, key: Parameters<typeof owns>[1], at: number): boolean {
  return state.nodes.some((node) => owns(node, key, at));
}

export function rangesView(config: Config, state: ProcessState, at: number): ReadonlyArray<Range> {
  return state.nodes.flatMap((node, index) => {
    const held = claim(node, at);
    if (held === null) return [];
    const { epoch, length } = held.token;
    return [{ ...boundsView(config, node.self.id, length), epoch, leaseMs: held.leaseMs, node: index }];
  });
}

/** Other processes' nodes that are in use and thought alive, in the order of the ring. */
export function peersView(config: Config, state: ProcessState, at: number): ReadonlyArray<PeerInfo> {
  const found = new Map<string, Peer>();
  for (const node of state.nodes) {
    const { successors, predecessor, fingers } = node.pointers;
    const routes = node.routes.entries.map(({ peer }) => peer);
    const known = [
      ...successors,
      ...(predecessor === null ? [] : [predecessor]),
      ...fingers.map(({ peer }) => peer),
    ];
    for (const peer of [...known, ...routes]) {
      if (processAddress(peer.address) !== state.url && usable(node, peer, at)) found.set(peer.address, peer);
    }
  }
  const sorted = [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return sorted.map((peer) => peerInfo(config, peer));
}

export function nodeStatus(config: Config, node: NodeState, index: number, at: number): NodeStatus {
  const held = claim(node, at);
  const brief = ({ id, address }: Peer): PeerStatus => ({ id: formatId(config.space, id), address });
  const { successors, predecessor, fingers } = node.pointers;
  return {
    node: index,
    ...brief(node.self),
    phase: node.phase._tag.toLowerCase(),
    claim: claimView(config, node.self.id, held?.token ?? null),
    tooFewMembers: at >= node.ownership.quorumUntil,
    leaseMs: held?.leaseMs ?? 0,
    predecessor: predecessor === null ? null : brief(predecessor),
    successors: successors.map(brief),
    fingers: fingers.map(({ index: finger, peer }) => ({ finger, ...brief(peer) })),
    remembered: node.remembered.map(({ peer }) => brief(peer)),
    routes: node.routes.entries.length,
    pending: node.pending.size,
  };
}

export function connectionStatus(connection: ConnectionInfo): ConnectionStatus {
  const { peer, remote, direction, state, queuedBytes, framesIn, framesOut, bytesIn, bytesOut } = connection;
  return { peer, remote, direction, state, queuedBytes, framesIn, framesOut, bytesIn, bytesOut };
}
