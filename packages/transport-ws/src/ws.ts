import { type Driver, type Transport, transportOf } from "@chordnet/transport";
import type { CredentialsSource } from "@chordnet/transport/node";
import { canonicalOf, type Scheme } from "./address.js";
import { dialWs } from "./dial-ws.js";
import { listenWs, type WsOptions } from "./listen-ws.js";

/**
 * ChordNet over WebSocket, with addresses `ws://host:port` or `ws://host:port/path`. Without options: for a client,
 * which does not listen; that is all there is in a browser.
 *
 * `open` rejects with a `TransportError`: `address-in-use`, `address-not-available`, `name-not-resolved`,
 * `permission-denied`, `too-many-files`, or `bad-address` where what it would advertise can't be dialled.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { ws } from "@chordnet/transport-ws";
 *
 * const advertise = "ws://node-1.example.org:8080/ring";
 * const endpoint = await ws({ host: "0.0.0.0", port: 0, path: "/ring", advertise }).open({
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
export const ws = (options?: WsOptions): Transport => transportOf(wsDriver(options));

/** The byte streams alone: for the conformance suite. */
export const wsDriver = (options?: WsOptions): Driver => webDriver("ws", null, options);

/** For `wss`, too. */
export const webDriver = (
  scheme: Scheme,
  credentials: CredentialsSource | null,
  options: WsOptions | undefined,
): Driver => ({
  scheme,
  canonical: canonicalOf(scheme),
  dial: (address, dialOptions) => dialWs(scheme, credentials, address, dialOptions),
  listen: options === undefined ? null : (onSocket) => listenWs(scheme, credentials, options, onSocket),
});
