import type {
  Config,
  Owner as CoreOwner,
  Distance,
  Hop,
  Id,
  Inspected,
  Peer,
  Resolved,
  Token,
} from "@chordnet/core";
import { formatId, processAddress, rangeStart } from "@chordnet/core";
import { peerInfo } from "./address.js";
import type { NodeView, Owner, PeerInfo, Trace } from "./api.js";

/** What the core and its messages say, as the API shows it. */

export function ownerView(config: Config, owner: CoreOwner, self: string): Owner {
  const { id, address, host, port } = peerInfo(config, owner.peer);
  const { hops, epoch, confirmed } = owner;
  const leaseMs = Math.floor(owner.leaseMs);
  const own = address === self || processAddress(address) === self;
  return { id, address, host, port, hops, confirmed, epoch, leaseMs, self: own };
}

/** A client's answer: a client is never the owner, and where nodes confirm nothing it has somebody's word alone. */
export function resolvedView(config: Config, { owner, token, leaseMs, hops }: Resolved): Owner {
  const { id, address, host, port } = peerInfo(config, owner);
  const { epoch } = token;
  const confirmed = config.dialect.confirms;
  return { id, address, host, port, hops, confirmed, epoch, leaseMs, self: false };
}

export function traceView(config: Config, owner: Owner, hops: ReadonlyArray<Hop>): Trace {
  return { owner, hops: hops.map(({ peer, why, ms }) => ({ peer: peerInfo(config, peer), why, ms })) };
}

export function nodeView(config: Config, answer: Inspected): NodeView {
  const { self, predecessor, successors, claim, leaseMs } = answer;
  return {
    ...peerInfo(config, self),
    predecessor: peerOrNull(config, predecessor),
    successors: successors.map((peer) => peerInfo(config, peer)),
    claim: claimView(config, self.id, claim),
    leaseMs,
  };
}

export function claimView(config: Config, end: Id, claim: Token | null): NodeView["claim"] {
  return claim === null ? null : { ...boundsView(config, end, claim.length), epoch: claim.epoch };
}

/** The range `(end - length, end]`. */
export function boundsView(
  config: Config,
  end: Id,
  length: Distance,
): { readonly from: string; readonly to: string } {
  return {
    from: formatId(config.space, rangeStart(config.space, end, length)),
    to: formatId(config.space, end),
  };
}

export function peerOrNull(config: Config, peer: Peer | null): PeerInfo | null {
  return peer === null ? null : peerInfo(config, peer);
}
