import { left, right } from "@chordnet/core";
import type { Either } from "fp-ts/lib/Either.js";

/** A peer's address: `scheme://host[:port][/path]`. */
export interface Address {
  readonly scheme: string;
  /** Lower case; IPv6 compressed and without brackets. */
  readonly host: string;
  readonly port: number | null;
  /** Empty, or starts with a slash. */
  readonly path: string;
}

export type AddressError =
  | { readonly _tag: "Malformed"; readonly text: string }
  /** In its canonical form, or as it was written. */
  | { readonly _tag: "TooLong"; readonly text: string; readonly bytesMax: number }
  | { readonly _tag: "OtherScheme"; readonly text: string; readonly expected: string }
  | { readonly _tag: "PortMissing"; readonly text: string }
  /** Nobody can dial 0.0.0.0, `::` or port 0. */
  | { readonly _tag: "NotDiallable"; readonly text: string };

/**
 * The longest address of a process, 250 bytes: with `#65535` behind it, that of a virtual node, it has the 256 that
 * messages between nodes have room for.
 */
export const addressBytesMax = 250;

/**
 * Reads an address. Fragments, queries and credentials are no part of one.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { parseAddress } from "@chordnet/transport";
 * import { right } from "fp-ts/lib/Either.js";
 *
 * const address = { scheme: "tcp", host: "::1", port: 7000, path: "" };
 * assert.deepStrictEqual(parseAddress("tcp://[0:0::1]:7000"), right(address));
 * ```
 */
export const parseAddress = (text: string): Either<AddressError, Address> => {
  if (text.length > addressBytesMax) return tooLong(text);
  const parts = shape.exec(text);
  const scheme = parts?.[1];
  const host = parts?.[2] === undefined ? null : canonicalHost(parts[2]);
  if (scheme === undefined || host === null) return malformed(text);
  const port = parts?.[3] === undefined ? null : Number(parts[3]);
  if (port !== null && port > 65_535) return malformed(text);
  const path = parts?.[4] ?? "";
  const address = { scheme: scheme.toLowerCase(), host, port, path: path === "/" ? "" : path };
  return formatAddress(address).length > addressBytesMax ? tooLong(text) : right(address);
};

/** Inverse of `parseAddress` on canonical addresses. */
export const formatAddress = ({ scheme, host, port, path }: Address): string =>
  `${scheme}://${host.includes(":") ? `[${host}]` : host}${port === null ? "" : `:${port}`}${path}`;

/** The canonical form of an address of `scheme` that others can dial, with a port. */
export const canonicalHostPort = (text: string, scheme: string): Either<AddressError, Address> => {
  const parsed = parseAddress(text);
  if (parsed._tag === "Left") return parsed;
  const address = parsed.right;
  if (address.scheme !== scheme) return left({ _tag: "OtherScheme", text, expected: scheme });
  if (address.port === null) return left({ _tag: "PortMissing", text });
  if (address.port === 0 || isUnspecified(address.host)) return left({ _tag: "NotDiallable", text });
  return parsed;
};

/** A host that listens on all addresses of a machine, and that therefore can't be advertised. */
export const isUnspecified = (host: string): boolean => {
  const canonical = canonicalHost(host.includes(":") && !host.startsWith("[") ? `[${host}]` : host);
  return canonical === "0.0.0.0" || canonical === "::" || canonical === "::ffff:0:0";
};

/** For people. */
export const describeAddressError = (error: AddressError): string => {
  switch (error._tag) {
    case "Malformed":
      return `${error.text} is not an address of the form scheme://host:port`;
    case "TooLong":
      return `${error.text} is too long: an address has ${error.bytesMax} bytes at most`;
    case "OtherScheme":
      return `${error.text} is not an address of the scheme ${error.expected}`;
    case "PortMissing":
      return `${error.text} has no port`;
    case "NotDiallable":
      return `${error.text} can't be dialled: advertise an address that others reach, not 0.0.0.0, :: or port 0`;
  }
};

const shape =
  /^([a-z][a-z0-9+.-]*):\/\/(\[[0-9a-f:.]+\]|[^\s:/?#@[\]\\%]+)(?::([0-9]{1,5}))?(\/[!$&-;=@-Z_a-z~]*)?$/i;

const malformed = (text: string): Either<AddressError, never> => left({ _tag: "Malformed", text });

const tooLong = (text: string): Either<AddressError, never> =>
  left({ _tag: "TooLong", text, bytesMax: addressBytesMax });

/** The URL standard's view of a host: lower case, IPv4 as four decimals, IPv6 compressed, names in ASCII. */
const canonicalHost = (host: string): string | null => {
  try {
    const { hostname } = new URL(`http://${host}`);
    return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname || null;
  } catch {
    return null;
  }
};
