import type { Server, Socket } from "node:net";
import { connect, type TLSSocket, type TlsOptions } from "node:tls";
import { left, right } from "@chordnet/core";
import type { Either } from "fp-ts/lib/Either.js";
import { parseAddress } from "../address.js";
import { attempt } from "../dialling/attempt.js";
import type { DialFailure, DialOptions, RawSocket, Refused } from "../driver.js";
import type { Refusal } from "../transport.js";
import { Arrivals } from "./arrivals.js";
import { type CredentialsSource, type Security, securityNow, securityOf } from "./credentials.js";
import { credentialsRefusal, isNotTls, refusedByTls } from "./tls-trouble.js";

/**
 * Encrypts a connection that was dialled to `host`. Who is at the other end is not judged here, but by `judgeSecured`:
 * the link asks before it says anything, so that the other end can be told what is wrong with its certificate.
 */
export const secureDialled = (
  socket: Socket,
  host: string,
  credentials: CredentialsSource,
  options: DialOptions,
): Promise<Either<DialFailure, TLSSocket>> => {
  const security = securityNow(credentials);
  if (security._tag === "Right") return shakeHands(socket, host, security.right, options);
  socket.destroy();
  const refused: Refused = { by: "us", refusal: security.left };
  return Promise.resolve(left({ reason: "rejected", detail: security.left.detail, refused }));
};

const shakeHands = (
  socket: Socket,
  host: string,
  { client, key }: Security,
  options: DialOptions,
): Promise<Either<DialFailure, TLSSocket>> =>
  attempt(options, `${host}: no TLS handshake in time`, (settle) => {
    const secured = connect({
      ...client,
      socket,
      ...(isIp(host) ? {} : { servername: host }),
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...(key === null ? {} : { pskCallback: () => key }),
    });
    secured.once("secureConnect", () => settle(right(secured)));
    secured.on("error", (error) => settle(left(dialFailure(host, error))));
    secured.once("close", () => settle(left({ reason: "unreachable", detail: `${host}: it hung up` })));
    return () => secured.destroy();
  });

/** The options for Node's servers. They let everybody shake hands: who may stay is for `judgeSecured`. */
export const serverOptions = (credentials: CredentialsSource): TlsOptions => {
  const { server, key } = securityOf(credentials);
  return {
    ...server,
    requestCert: key === null,
    rejectUnauthorized: false,
    ...(key === null ? {} : { pskCallback: (_socket, identity) => keyFor(credentials, identity) }),
  };
};

/**
 * The connections of a TLS server. Each finds the credentials that hold when it comes; what fails in its handshake is
 * told.
 */
export const secureArrivals = (
  server: Server & { setSecureContext(options: TlsOptions): void },
  credentials: CredentialsSource,
  onSocket: (socket: RawSocket) => void,
): Arrivals => {
  let present = securityOf(credentials);
  server.prependListener("connection", (socket: Socket) => {
    const now = securityNow(credentials);
    if (now._tag === "Left") arrivals.fail(socket, { by: "us", refusal: now.left });
    else if (now.right !== present) {
      server.setSecureContext(now.right.server);
      present = now.right;
    }
  });
  // Behind that listener, and so called before it.
  const arrivals = new Arrivals(server, onSocket);
  server.on("tlsClientError", (error: Error, socket: TLSSocket) => {
    const refused = refusedByTls(error);
    if (refused !== null) arrivals.fail(socket, refused);
    else if (isNotTls(error)) arrivals.fail(socket, { by: "us", refusal: notTls });
  });
  return arrivals;
};

/** Whether the other end may speak for the address; `null` in its place: for a client. */
export const judgeSecured = (
  socket: TLSSocket,
  credentials: CredentialsSource,
  address: string | null,
): Refusal | null => {
  const security = securityNow(credentials);
  if (security._tag === "Left") return security.left;
  const { key, covers } = security.right;
  const detailed = (detail: string): Refusal => ({ code: "credentials", detail });
  // Without a key: Node has verified the chain, and told by this whether it leads to one of our authorities.
  if (key === null && !socket.authorized)
    return Object.keys(socket.getPeerCertificate()).length === 0
      ? credentialsRefusal("ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE")
      : credentialsRefusal(String(socket.authorizationError));
  if (address === null) return null;
  const parsed = parseAddress(address);
  if (parsed._tag === "Left") return detailed(`${address} is no address`);
  const wrong = covers(socket, parsed.right.host);
  return wrong === undefined ? null : detailed(`the certificate is not one for ${address}: ${wrong.message}`);
};

const keyFor = (credentials: CredentialsSource, identity: string): Buffer | null => {
  const security = securityNow(credentials);
  return security._tag === "Right" ? security.right.keyOf(identity) : null;
};

const dialFailure = (host: string, error: Error): DialFailure => {
  const refused = refusedByTls(error);
  if (refused !== null) return { reason: "rejected", detail: refused.refusal.detail, refused };
  if (isNotTls(error)) return { reason: "protocol", detail: `${host}: ${notTls.detail}` };
  return { reason: "unreachable", detail: `${host}: ${error.message}` };
};

const notTls: Refusal = {
  code: "credentials",
  detail: "it does not speak TLS: give both ends tls:// or wss://",
};

const isIp = (host: string): boolean => host.includes(":") || /^[0-9.]+$/.test(host);
