import { type Driver, type Transport, transportOf } from "@chordnet/transport";
import { type CredentialsSource, checkCredentials } from "@chordnet/transport/node";
import { netDriver } from "./net-driver.js";
import type { TcpOptions } from "./tcp.js";

/**
 * ChordNet over TLS, with addresses `tls://host:port`: nobody takes part, or reads along, without the ring's secret or
 * a certificate. Without `options`: for a client, which does not listen.
 *
 * With certificates both ends show one: a node's must cover the host that it advertises, as it is asked for by that,
 * and may not claim another. A function in place of credentials returns those that hold now.
 *
 * Throws a `TransportError` of code `bad-options` for credentials that can't be used; `open` rejects as `tcp`'s does.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { randomBytes } from "node:crypto";
 * import { tls } from "@chordnet/transport-tcp";
 *
 * const secret = randomBytes(32); // in life: from a file that only this user can read
 * const open = (transport) =>
 *   transport.open({
 *     incarnation: 1,
 *     versions: [1, 1],
 *     describe: () => new Uint8Array(0),
 *     judge: () => null,
 *     onEvent: () => undefined,
 *   });
 * const node = await open(tls({ secret }, { host: "127.0.0.1", port: 0 }));
 * const client = await open(tls({ secret }));
 * const stranger = await open(tls({ secret: randomBytes(32) }));
 * assert.strictEqual((await client.greet(node.address))._tag, "Right");
 * assert.strictEqual((await stranger.greet(node.address)).left.refusal.code, "credentials");
 * await Promise.all([node, client, stranger].map((endpoint) => endpoint.close()));
 * ```
 */
export const tls = (credentials: CredentialsSource, options?: TcpOptions): Transport =>
  transportOf(tlsDriver(credentials, options));

/** The byte streams alone: for the conformance suite. */
export const tlsDriver = (credentials: CredentialsSource, options?: TcpOptions): Driver => {
  checkCredentials(credentials);
  return netDriver("tls", credentials, options);
};
