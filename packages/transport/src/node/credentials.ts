import { hkdfSync, randomBytes } from "node:crypto";
import {
  checkServerIdentity,
  createSecureContext,
  type PeerCertificate,
  type SecureContextOptions,
  type TLSSocket,
} from "node:tls";
import { left, right } from "@chordnet/core";
import type { Either } from "fp-ts/lib/Either.js";
import type { Refusal } from "../transport.js";
import { TransportError } from "../transport-error.js";

/**
 * Certificates: Node's own options (`ca`, `cert`, `key`, `pfx`, `passphrase`, `crl`, `ciphers`, …). Both ends show
 * one, issued by a `ca` of the other, and it must cover the host of the address that its holder is dialled at or claims
 * to have. TLS 1.3 unless `minVersion` says otherwise.
 */
export interface Certificates extends SecureContextOptions {
  /** Node's: another rule of whether a certificate covers a host; an error where it does not. For both directions. */
  readonly checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined;
}

/**
 * One secret for a whole ring, where there are no certificates: TLS 1.3 with a pre-shared key (RFC 8446, 2.2), whose
 * identity names the ring. Whoever knows it may do everything that a member may.
 *
 * It can be changed while the ring runs, in three steps, each done everywhere before the next: `accepted` has the new
 * one; the new one is the `secret`, and `accepted` has the old one; the old one is gone.
 */
export interface SharedSecret {
  /**
   * To dial with, and accepted. 16 bytes at least; 32 random ones are right, such as `openssl rand -hex 32` prints.
   * Blanks around it don't count.
   */
  readonly secret: string | Uint8Array;
  /** Others that are accepted, too, of those who dial: 4 at most, each as the secret has to be. */
  readonly accepted?: ReadonlyArray<string | Uint8Array>;
  /** The ring's name: 1 to 64 printable ASCII characters; `chordnet` unless told. */
  readonly ring?: string;
}

/** How the two ends of a connection know each other. */
export type Credentials = Certificates | SharedSecret;

/**
 * Credentials, or a function that returns those that hold now: it is asked for each connection, and what it returns is
 * read anew when it is another object. Connections that are open stay as they are.
 */
export type CredentialsSource = Credentials | (() => Credentials);

/** The options of `node:tls` for either side that credentials amount to. */
export interface Security {
  readonly server: SecureContextOptions;
  readonly client: SecureContextOptions;
  /** To dial with. Null: certificates are what counts. */
  readonly key: PresharedKey | null;
  /** The key by which who dialled with this identity has to prove itself; null where no such ring is known. */
  readonly keyOf: (identity: string) => Buffer | null;
  /** Whether the certificate at the other end covers the host. */
  readonly covers: (socket: TLSSocket, host: string) => Error | undefined;
}

interface PresharedKey {
  readonly identity: string;
  readonly psk: Buffer;
}

const known = new WeakMap<Credentials, Security>();

/** What the source says now. Throws a `TransportError` of code `bad-options` for what can't be used. */
export const securityOf = (source: CredentialsSource): Security => {
  const credentials: unknown = typeof source === "function" ? source() : source;
  if (typeof credentials !== "object" || credentials === null)
    throw new TransportError("bad-options", "credentials are an object: certificates, or a secret");
  const given = credentials as Credentials;
  const security = known.get(given) ?? ("secret" in given ? bySecret(given) : byCertificates(given));
  known.set(given, security);
  return security;
};

/** The same, while connections come and go: a function of the user's may throw then, and that ends one connection. */
export const securityNow = (source: CredentialsSource): Either<Refusal, Security> => {
  try {
    return right(securityOf(source));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return left({ code: "credentials", detail: `credentials can't be had at the end that refuses: ${why}` });
  }
};

/** To be called first. Throws as `securityOf` does. */
export const checkCredentials = (source: CredentialsSource): void => void securityOf(source);

const bySecret = ({ secret, accepted = [], ring = "chordnet" }: SharedSecret): Security => {
  if (!/^[\x21-\x7e]{1,64}$/.test(ring))
    throw new TransportError("bad-options", "the ring's name must have 1 to 64 printable ASCII characters");
  if (accepted.length > acceptedMax) {
    const advice = "remove those that nobody uses any more";
    throw new TransportError(
      "bad-options",
      `more than ${acceptedMax} secrets beside the one used: ${advice}`,
    );
  }
  const key = presharedKey(secret, ring);
  const keys = [key, ...accepted.map((other) => presharedKey(other, ring))];
  const byIdentity = new Map(keys.map(({ identity, psk }) => [identity, psk]));
  const keyOf: Security["keyOf"] = (identity) =>
    byIdentity.get(identity) ?? (isOfRing(identity, ring) ? nobodysKey() : null);
  return { server: pskOptions, client: pskOptions, key, keyOf, covers: nothing };
};

const presharedKey = (secret: string | Uint8Array, ring: string): PresharedKey => {
  const bytes = Buffer.from(typeof secret === "string" ? secret.trim() : secret);
  if (bytes.length < secretBytesMin) {
    const advice = `make one by: openssl rand -hex ${secretBytesAdvised}`;
    throw new TransportError("bad-options", `the secret has less than ${secretBytesMin} bytes: ${advice}`);
  }
  const derived = (info: string, length: number): Buffer =>
    Buffer.from(hkdfSync("sha256", bytes, "", info, length));
  // Whatever the ring's name, neither info is one of the other kind: the id, which all can read, tells of no key.
  const id = derived(`chordnet-id:${ring}`, idBytes).toString("hex");
  return { identity: `${prefixOf(ring)}${id}`, psk: derived(`chordnet:${ring}`, pskBytes) };
};

const prefixOf = (ring: string): string => `chordnet:${ring}:`;

const isOfRing = (identity: string, ring: string): boolean =>
  identity.startsWith(prefixOf(ring)) && identity.length === prefixOf(ring).length + 2 * idBytes;

/**
 * For a secret that is not accepted: as nothing can be proved by it, TLS tells both ends that the secret is wrong.
 * Without a key it would go on to ask for certificates, and tell the same as of a ring by another name.
 */
const nobodysKey = (): Buffer => randomBytes(pskBytes);

const byCertificates = ({ checkServerIdentity: covers, ...given }: Certificates): Security => {
  const options: SecureContextOptions = { minVersion: "TLSv1.3", ...given };
  try {
    createSecureContext(options);
  } catch (error) {
    throw new TransportError("bad-options", `the certificates can't be used: ${String(error)}`);
  }
  const check = covers ?? checkServerIdentity;
  return {
    server: options,
    client: options,
    key: null,
    keyOf: () => null,
    covers: (socket, host) => check(host, socket.getPeerCertificate(true)),
  };
};

/** In a handshake with a pre-shared key nobody shows a certificate: who does has not proved to know the secret. */
const nothing: Security["covers"] = (socket) =>
  Object.keys(socket.getPeerCertificate()).length === 0
    ? undefined
    : new Error("it shows a certificate in place of the secret: give both ends the same kind of credentials");

/** OpenSSL has external keys for the SHA-256 suites alone. */
const pskOptions: SecureContextOptions = {
  ciphers: "TLS_AES_128_GCM_SHA256",
  minVersion: "TLSv1.3",
  maxVersion: "TLSv1.3",
};

const pskBytes = 32;

const idBytes = 8;

const acceptedMax = 4;

const secretBytesMin = 16;

const secretBytesAdvised = 32;
