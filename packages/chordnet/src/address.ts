import type { Address, Config, Peer } from "@chordnet/core";
import { formatId, processAddress, virtualIndex } from "@chordnet/core";
import { describeAddressError, formatAddress, isUnspecified, parseAddress } from "@chordnet/transport";
import type { PeerInfo } from "./api.js";
import { ChordNetError } from "./errors.js";
import { describe } from "./key.js";

interface Place {
  readonly host: string;
  readonly port: number | null;
}

const nowhere: Place = { host: "", port: null };
const placesMax = 4096;
let places = new Map<Address, Place>();

/** A node as the API shows it. Its address came from a peer: if it is none, the host is empty. */
export function peerInfo(config: Pick<Config, "space">, peer: Pick<Peer, "id" | "address">): PeerInfo {
  const { host, port } = place(processAddress(peer.address));
  return { id: formatId(config.space, peer.id), address: peer.address, host, port };
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

/** Reading a URL costs more than all else in a lookup's answer, and there are few of them. */
function place(url: Address): Place {
  const known = places.get(url);
  if (known !== undefined) return known;
  const parsed = parseAddress(url);
  const found = parsed._tag === "Left" ? nowhere : { host: parsed.right.host, port: parsed.right.port };
  if (places.size >= placesMax) places = new Map();
  places.set(url, found);
  return found;
}

function bad(address: string, reason: string): ChordNetError {
  return new ChordNetError("BAD_ADDRESS", { address, reason });
}
