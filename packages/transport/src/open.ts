import { addressBytesMax } from "./address.js";
import type { Driver } from "./driver.js";
import { LinkEndpoint } from "./endpoint.js";
import { resolveLimits } from "./limits.js";
import { encodeGreeting, shownBytesMax } from "./link/hello.js";
import type { Endpoint, OpenOptions, Transport } from "./transport.js";
import { TransportError } from "./transport-error.js";

/**
 * Makes a transport of a driver: hello and refusal, verified senders, one connection per pair of nodes, lanes,
 * batching, bounds, backoff, idle close.
 */
export const transportOf = (driver: Driver): Transport => ({
  scheme: driver.scheme,
  open: (options) => open(driver, options),
});

const open = async (driver: Driver, options: OpenOptions): Promise<Endpoint> => {
  const limits = resolveLimits(options.limits);
  const { incarnation, judge, versions } = options;
  checkIncarnation(incarnation);
  checkVersions(versions);
  checkHello(options);
  let endpoint: LinkEndpoint | null = null;
  const listener = (await driver.listen?.((socket) => endpoint?.onSocket(socket))) ?? null;
  const address = listener?.address ?? null;
  endpoint = new LinkEndpoint({ driver, versions, address, incarnation, judge }, listener, limits, options);
  return endpoint;
};

const checkIncarnation = (incarnation: number): void => {
  if (Number.isSafeInteger(incarnation) && incarnation >= 0) return;
  throw new TransportError("bad-options", "incarnation must be a safe integer, not negative");
};

const checkVersions = ([min, max]: readonly [number, number]): void => {
  if ([min, max].every(Number.isInteger) && min >= 0 && min <= max && max <= 0xffff) return;
  throw new TransportError("bad-options", "versions must be two integers of 16 bits in ascending order");
};

/** As it is now: one that grows too long later is refused when it is to be sent. */
const checkHello = ({ versions, incarnation, describe }: OpenOptions): void => {
  const address = "a".repeat(addressBytesMax);
  const encoded = encodeGreeting({
    versions,
    address,
    incarnation,
    probe: false,
    payload: describe(),
    gives: new Uint8Array(shownBytesMax),
    shows: new Uint8Array(shownBytesMax),
  });
  if (encoded._tag === "Right") return;
  throw new TransportError("bad-options", `describe() returns ${encoded.left} bytes too many for a hello`);
};
