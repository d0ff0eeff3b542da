import { type Driver, type Transport, TransportError, transportOf } from "@chordnet/transport";
import { type Credentials, checkCredentials } from "@chordnet/transport/node";
import type { WsOptions } from "./listen-ws.js";
import { webDriver } from "./ws.js";

/** Credentials, and what lets clients in that have none of them: pages in browsers. 16 to 255 bytes of UTF-8. */
export type WebCredentials = Credentials & { readonly token?: string };

/** As `CredentialsSource`, which says more of functions. */
export type WebCredentialsSource = WebCredentials | (() => WebCredentials);

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
export const wss = (credentials: WebCredentialsSource, options?: WsOptions): Transport =>
  transportOf(wssDriver(credentials, options));

/** The byte streams alone: for the conformance suite. */
export const wssDriver = (credentials: WebCredentialsSource, options?: WsOptions): Driver => {
  checkCredentials(credentials);
  const { token } = typeof credentials === "function" ? credentials() : credentials;
  if (token !== undefined) checkToken(token);
  return { ...webDriver("wss", credentials, options), token: () => tokenNow(credentials) };
};

/** Throws a `TransportError` of code `bad-options` for a token that can't be used. */
export function checkToken(token: string): void {
  if (isToken(token)) return;
  const advice = "openssl rand -hex 32 makes one";
  throw new TransportError("bad-options", `the token must have 16 to 255 bytes: ${advice}`);
}

/** While there is none that will do, nobody is let in by one. */
const tokenNow = (source: WebCredentialsSource): string | null => {
  try {
    const { token } = typeof source === "function" ? source() : source;
    return token !== undefined && isToken(token) ? token : null;
  } catch {
    // The connection below asks the same function, and is refused with what it throws.
    return null;
  }
};

const isToken = (token: string): boolean => Buffer.byteLength(token) >= 16 && Buffer.byteLength(token) <= 255;
