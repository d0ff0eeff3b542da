import { type Driver, type Transport, transportOf } from "@chordnet/transport";
import { canonical, scheme } from "./address.js";
import { dialWs } from "./dial-ws.js";
import { listenWs, type WsOptions } from "./listen-ws.js";

/**
 * ChordNet over WebSocket, with addresses `ws://host:port` or `ws://host:port/path`. Without options: for a client,
 * which does not listen; that is all there is in a browser.
 *
 * `open` rejects with a `TransportError`: `address-in-use`, `address-not-available`, `name-not-resolved`,
 * `permission-denied`, or `bad-address` where what it would advertise can't be dialled.
 *
 * @example
 * ```ts
 * import { ws } from "@chordnet/transport-ws";
 *
 * ws({ host: "127.0.0.1", port: 0 }); // any free port
 * ws({ host: "0.0.0.0", port: 8080, path: "/ring", advertise: "ws://node-1.example.org:8080/ring" });
 * ws(); // client
 * ```
 */
export const ws = (options?: WsOptions): Transport => transportOf(wsDriver(options));

/** The byte streams alone: for the conformance suite. */
export const wsDriver = (options?: WsOptions): Driver => ({
  scheme,
  canonical,
  dial: dialWs,
  listen: options === undefined ? null : (onSocket) => listenWs(options, onSocket),
});
