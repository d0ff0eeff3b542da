import { type Driver, type Transport, transportOf } from "@chordnet/transport";
import type { ListenOptions } from "@chordnet/transport/node";
import { netDriver } from "./net-driver.js";

/** Where to listen, and the `tcp://host:port` to advertise if it differs. */
export type TcpOptions = ListenOptions;

/**
 * ChordNet over TCP, with addresses `tcp://host:port`. Without options: for a client, which does not listen.
 *
 * `open` rejects with a `TransportError`: `address-in-use`, `address-not-available`, `name-not-resolved`,
 * `permission-denied`, `too-many-files`, or `bad-address` where what it would advertise can't be dialled.
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
export const tcpDriver = (options?: TcpOptions): Driver => netDriver("tcp", null, options);
