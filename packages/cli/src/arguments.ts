import type { HashName, RingParameters } from "@chordnet/core";
import { badParameter, defaultLeaseMs, defaultRing, hashNames, keyBytesMax } from "@chordnet/core";
import type { Address } from "@chordnet/transport";
import { describeAddressError, formatAddress, isUnspecified, parseAddress } from "@chordnet/transport";
import { InvalidArgumentError } from "commander";

/**
 * Reads what was typed behind an option. What is wrong is told in commander's way, which makes it exit status 2.
 */

/** An address, taken apart and in its one spelling. */
export interface Url extends Address {
  readonly text: string;
  readonly port: number;
}

const schemes: ReadonlyArray<string> = ["tcp", "tls", "ws", "wss", "chordnet-py"];

/** Where a node listens: any address of this machine, port 0 for any. */
export function listenUrl(text: string): Url {
  refusePort(text);
  const parsed = parseAddress(text);
  if (parsed._tag === "Left") throw new InvalidArgumentError(`${describeAddressError(parsed.left)}.`);
  const { scheme, port, path } = parsed.right;
  if (!schemes.includes(scheme)) {
    throw new InvalidArgumentError(
      `${text} has the scheme ${scheme}: use tls://, wss://, tcp:// or ws://host:port; chordnet-py:// in a ring of the Python library.`,
    );
  }
  if (scheme !== "ws" && scheme !== "wss" && path !== "")
    throw new InvalidArgumentError(`${text} has a path: write ${scheme}://host:port.`);
  if (port === null) throw new InvalidArgumentError(`${text} has no port: write ${scheme}://host:port.`);
  return { ...parsed.right, port, text: formatAddress(parsed.right) };
}

/** Where others reach a node: not 0.0.0.0, not port 0. */
export function dialUrl(text: string): Url {
  const url = listenUrl(text);
  if (url.port === 0 || isUnspecified(url.host)) {
    throw new InvalidArgumentError(`nobody can reach ${text}: give the host and port that others dial.`);
  }
  return url;
}

/** HOST:PORT, or a port alone, which is loopback's. */
export function hostPort(text: string): { readonly host: string; readonly port: number } {
  const parts = /^(?:(\[[^\]]+\]|[^:[\]]+):)?(\d{1,5})$/.exec(text);
  const port = Number(parts?.[2] ?? Number.NaN);
  if (port <= 65_535) return { host: parts?.[1]?.replaceAll(/[[\]]/g, "") ?? "127.0.0.1", port };
  throw new InvalidArgumentError("use HOST:PORT, such as 127.0.0.1:9100, or a port alone for loopback.");
}

/** For options that may be repeated. */
export function collect<T>(
  parse: (text: string) => T,
): (text: string, previous: ReadonlyArray<T> | undefined) => T[] {
  return (text, previous) => [...(previous ?? []), parse(text)];
}

/** What a value is put under, as text. */
export function valueKey(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes >= 1 && bytes <= keyBytesMax) return text;
  throw new InvalidArgumentError(`a value's has 1 to ${keyBytesMax} bytes, and not ${bytes}.`);
}

export function integerFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`use an integer from ${least} to ${most}.`);
  };
}

export function numberFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`use a number from ${least} to ${most}.`);
  };
}

const unitBytes: Readonly<Record<string, number>> = {
  "": 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** How much there is room for. */
export function byteCount(text: string): number {
  const [, digits, unit = ""] = /^(\d{1,15})([KMGT]iB)?$/.exec(text) ?? [];
  const bytes = Number(digits) * (unitBytes[unit] ?? Number.NaN);
  if (bytes >= 1 && Number.isSafeInteger(bytes)) return bytes;
  throw new InvalidArgumentError("use a number of bytes, such as 1000000, 512MiB or 10GiB.");
}

/** How often something happens in a simulation. */
export const rate: (text: string) => number = numberFrom(0, 1_000_000);

/** How long a message is under way: always the same, or anything between two times. */
export function latencyMs(text: string): readonly [least: number, most: number] {
  const [least = Number.NaN, most = least, ...more] = text.split("-").map(numberFrom(0, 60_000));
  if (more.length === 0 && least <= most) return [least, most];
  throw new InvalidArgumentError("use MS or LEAST-MOST, such as 5 or 1-30.");
}

/** Milliseconds to wait: setTimeout's longest at most. */
export const durationMs: (text: string) => number = integerFrom(1, 2_147_483_647);

/** A parameter of the ring, within the bounds that the core keeps. */
export function ringNumber(parameter: "bits" | "successors" | "intervalMs"): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    const ring: RingParameters = { ...defaultRing, [parameter]: value };
    refuse(parameter === "intervalMs" ? { ...ring, leaseMs: defaultLeaseMs(value) } : ring, parameter);
    return value;
  };
}

export function ringName(text: string): string {
  refuse({ ...defaultRing, name: text }, "name");
  return text;
}

export function hashName(text: string): HashName {
  const found = hashNames.find((name) => name === text);
  if (found === undefined) throw new InvalidArgumentError(`use ${hashNames.join(" or ")}.`);
  return found;
}

/** A point of the ring; whether it lies on this ring is known only when its bits are. */
export function hexId(text: string): string {
  const digits = text.replace(/^0x/i, "").toLowerCase();
  if (!/^[0-9a-f]{1,64}$/.test(digits)) throw new InvalidArgumentError("use hexadecimal digits, 64 at most.");
  return digits;
}

/** Else a port that is too great is told as an address that is none. */
function refusePort(text: string): void {
  const port = Number(/:(\d+)\/?$/.exec(text)?.[1] ?? 0);
  if (port > 65_535) throw new InvalidArgumentError(`the port ${port} is out of range: use 0 to 65535.`);
}

function refuse(ring: RingParameters, parameter: keyof RingParameters): void {
  const bad = badParameter(ring);
  if (bad?.parameter === parameter) throw new InvalidArgumentError(`use ${bad.allowed}.`);
}
