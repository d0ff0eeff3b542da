import type { Id, Naming, Peer, Space } from "@chordnet/core";
import { id, naming, space } from "@chordnet/core";
import { canonicalHostPort, formatAddress } from "@chordnet/transport";

/** Addresses are `chordnet-py://ip:port`. */
export const scheme = "chordnet-py";

/** 16 bits: `Address._M` of the Python library. */
export const circle: Space = space(16);

/** SHA-1 of `"ip:port"`, its last 16 bits: `Address._hash`. */
export const named: Naming = naming(circle, "sha1", undefined, "authority");

/** Any integer as a point of the circle: the library asks for fingers beyond 65,535 without going round. */
export const pointOf = (integer: bigint): Id => id(circle, BigInt.asUintN(16, integer));

/** The canonical URL of a host and a port; null: no such node can be dialled. The wire has no place for IPv6. */
export const urlOf = (host: string, port: string): string | null => {
  const address = canonicalHostPort(`${scheme}://${host}:${port}`, scheme);
  if (address._tag === "Left" || address.right.path !== "" || address.right.host.includes(":")) return null;
  return formatAddress(address.right);
};

/** `ADDR` of the wire: `<key>:<ip>:<port>`. */
export const formatPeer = ({ id: key, address }: Pick<Peer, "id" | "address">): string =>
  `${key}:${address.slice(`${scheme}://`.length)}`;

/**
 * The URL that an `ADDR` stands for; null where it is none, or its key is not the hash of its address: who says so
 * lies, or is no node of this library.
 */
export const readPeer = (text: string): string | null => {
  const [key, host, port, ...rest] = text.trim().split(":");
  if (key === undefined || host === undefined || port === undefined || rest.length > 0) return null;
  const url = /^[0-9]{1,5}$/.test(key) && /^[0-9]{1,5}$/.test(port) ? urlOf(host, port) : null;
  return url !== null && named(url) === BigInt(key) ? url : null;
};
