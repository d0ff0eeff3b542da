import type { Address, Config, Peer } from "@chordnet/core";
import { formatId, processAddress, virtualIndex } from "@chordnet/core";
import { describeAddressError, formatAddress, isUnspecified, parseAddress } from "@chordnet/transport";
import type { PeerInfo } from "./api.js";
import { describe } from "./checks.js";
import { ChordNetError } from "./errors/errors.js";

/** Reading a URL and printing an identifier cost more than all else in a lookup's answer, and there are few nodes. */
const shown = new WeakMap<object, Map<Address, PeerInfo>>();
const shownMax = 4096;

/** The one shown last: who looks up keys of its own is shown itself again and again. */
let last: { readonly config: object; readonly info: PeerInfo } | null = null;

/** A node as the API shows it. Its address came from a peer: if it is none, the host is empty. */
export function peerInfo(config: Pick<Config, "space">, peer: Pick<Peer, "id" | "address">): PeerInfo {
  if (last !== null && last.info.address === peer.address && last.config === config) return last.info;
  const info = shown.get(config)?.get(peer.address) ?? newPeerInfo(config, peer);
  last = { config, info };
  return info;
}

function newPeerInfo(config: Pick<Config, "space">, { id, address }: Pick<Peer, "id" | "address">): PeerInfo {
  const parsed = parseAddress(processAddress(address));
  const { host, port } = parsed._tag === "Left" ? { host: "", port: null } : parsed.right;
  const info: PeerInfo = Object.freeze({ id: formatId(config.space, id), address, host, port });
  const others = shown.get(config);
  if (others === undefined || others.size >= shownMax) shown.set(config, new Map([[address, info]]));
  else others.set(address, info);
  return info;
}

/**
 * The one spelling of an address that a caller gave, `#` and the number of a virtual node kept. Throws `BAD_ADDRESS`
 * where it is none, or not one of the scheme that the transport dials.
 */
export function canonicalAddress(address: unknown, scheme: string): Address {
  if (typeof address !== "string") {
    throw new ChordNetError("BAD_ADDRESS", { address: describe(address), reason: "it is no string" });
  }
  const parsed = parseAddress(processAddress(address));
  if (parsed._tag === "Left") throw bad(address, describeAddressError(parsed.left));
  if (parsed.right.scheme !== scheme) throw bad(address, `the transport dials ${scheme}:// only`);
  if (parsed.right.port === 0 || isUnspecified(parsed.right.host)) throw bad(address, "it can't be dialled");
  const index = virtualIndex(address);
  if (index === null) throw bad(address, "what follows # is no number of a virtual node");
  return index === 0 ? formatAddress(parsed.right) : `${formatAddress(parsed.right)}#${index}`;
}

function bad(address: string, reason: string): ChordNetError {
  return new ChordNetError("BAD_ADDRESS", { address, reason });
}
