import { type Driver, type Transport, transportOf } from "@chordnet/transport";
import { type CredentialsSource, checkCredentials } from "@chordnet/transport/node";
import type { WsOptions } from "./listen-ws.js";
import { webDriver } from "./ws.js";

/**
 * ChordNet over WebSocket and TLS, with addresses `wss://host:port` or `wss://host:port/path`; its credentials are
 * those of `tls` in `@chordnet/transport-tcp`. Without `options`: for a client, which does not listen.
 *
 * Throws a `TransportError` of code `bad-options` for credentials that can't be used; `open` rejects as `ws`'s does.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { randomBytes } from "node:crypto";
 * import { wss } from "@chordnet/transport-ws";
 *
 * const transport = wss({ secret: randomBytes(32) }, { host: "127.0.0.1", port: 0 });
 * assert.strictEqual(transport.scheme, "wss");
 * ```
 */
export const wss = (credentials: CredentialsSource, options?: WsOptions): Transport =>
  transportOf(wssDriver(credentials, options));

/** The byte streams alone: for the conformance suite. */
export const wssDriver = (credentials: CredentialsSource, options?: WsOptions): Driver => {
  checkCredentials(credentials);
  return webDriver("wss", credentials, options);
};
