import { createServer } from "node:net";
import {
  canonicalHostPort,
  type Driver,
  formatAddress,
  type Listener,
  type RawSocket,
  type Transport,
  transportOf,
} from "@chordnet/transport";
import {
  advertisedAddress,
  checkListen,
  closeNet,
  dialNet,
  type ListenOptions,
  listenNet,
  netSocket,
} from "@chordnet/transport/node";
import { left, right } from "fp-ts/lib/Either.js";

/** Where to listen, and the `tcp://host:port` to advertise if it differs. */
export type TcpOptions = ListenOptions;

/**
 * ChordNet over TCP, with addresses `tcp://host:port`. Without options: for a client, which does not listen.
 *
 * `open` rejects with a `TransportError`: `address-in-use`, `address-not-available`, `name-not-resolved`,
 * `permission-denied`, or `bad-address` where what it would advertise can't be dialled.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { tcp } from "@chordnet/transport-tcp";
 *
 * const advertise = "tcp://node-1.example.org:7000";
 * const endpoint = await tcp({ host: "0.0.0.0", port: 0, advertise }).open({
 *   incarnation: Date.now(),
 *   versions: [1, 1],
 *   describe: () => new Uint8Array(0),
 *   judge: () => null,
 *   onEvent: () => undefined,
 * });
 * assert.strictEqual(endpoint.address, advertise);
 * await endpoint.close();
 * ```
 */
export const tcp = (options?: TcpOptions): Transport => transportOf(tcpDriver(options));

/** The byte streams alone: for the conformance suite. */
export const tcpDriver = (options?: TcpOptions): Driver => ({
  scheme,
  canonical,
  dial: async (address, dialOptions) => {
    const target = canonicalHostPort(address, scheme);
    if (target._tag === "Left") return left({ reason: "unreachable", detail: `${address} is no address` });
    const { host, port } = target.right;
    const dialled = await dialNet(host, port ?? 0, dialOptions);
    return dialled._tag === "Left" ? dialled : right(netSocket(dialled.right));
  },
  listen: options === undefined ? null : (onSocket) => listen(options, onSocket),
});

const scheme = "tcp";

const canonical: Driver["canonical"] = (text) => {
  const address = canonicalHostPort(text, scheme);
  if (address._tag === "Left") return address;
  return address.right.path === "" ? right(formatAddress(address.right)) : left({ _tag: "Malformed", text });
};

const listen = async (options: TcpOptions, onSocket: (socket: RawSocket) => void): Promise<Listener> => {
  checkListen(options);
  advertisedAddress({ scheme, canonical }, options, options.port);
  const server = createServer({ noDelay: true }, (socket) => onSocket(netSocket(socket)));
  const port = await listenNet(server, options);
  return {
    address: advertisedAddress({ scheme, canonical }, options, port),
    close: () => closeNet(server),
  };
};
