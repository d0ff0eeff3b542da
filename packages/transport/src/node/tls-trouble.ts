import type { Refused } from "../driver.js";

/** Why a handshake failed, or a certificate is not accepted, as both sides are told it. */

/** What TLS says of the other end; `null` where it is not TLS that failed, but the network. */
export const refusedByTls = (error: unknown): Refused | null => {
  const code = codeOf(error);
  if (!code.startsWith("ERR_SSL_") || notTls.has(code)) return null;
  return { by: code.includes("_ALERT_") ? "them" : "us", refusal: credentialsRefusal(code) };
};

/** Whether the other end does not speak TLS at all. */
export const isNotTls = (error: unknown): boolean => notTls.has(codeOf(error));

/** A refusal for want of credentials. */
export const credentialsRefusal = (code: string): Refused["refusal"] => ({
  code: "credentials",
  detail: words[code] ?? code,
});

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);

const notTls: ReadonlySet<string> = new Set([
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_SSL_HTTP_REQUEST",
  "ERR_SSL_PACKET_LENGTH_TOO_LONG",
  "ERR_SSL_BAD_RECORD_TYPE",
]);

const wrongSecret = "the dialler's secret is not one that is accepted: give both ends the same one";
const noSecret =
  "no secret for the same ring at both ends: give both the same secret, and the same ring's name";
const otherIssuer = "the certificate's issuer is not known: give both ends the ca that issued it";
const tooOld = "no version of TLS in common: TLS 1.3 is spoken here";

/** By OpenSSL's names. Where it says less than we know of what goes wrong in rings, ours say more. */
const words: Readonly<Record<string, string>> = {
  ERR_SSL_BINDER_DOES_NOT_VERIFY: wrongSecret,
  ERR_SSL_SSLV3_ALERT_ILLEGAL_PARAMETER: wrongSecret,
  ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM: noSecret,
  ERR_SSL_NO_SHARED_CIPHER: noSecret,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: noSecret,
  ERR_SSL_UNSUPPORTED_PROTOCOL: tooOld,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: tooOld,
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: "no certificate was shown: give that end a cert and a key",
  CERT_HAS_EXPIRED: "the certificate has expired: renew it",
  CERT_NOT_YET_VALID: "the certificate is not valid yet: look at the clocks of both ends",
  CERT_REVOKED: "the certificate was revoked",
  DEPTH_ZERO_SELF_SIGNED_CERT: otherIssuer,
  SELF_SIGNED_CERT_IN_CHAIN: otherIssuer,
  UNABLE_TO_GET_ISSUER_CERT: otherIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: otherIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: otherIssuer,
  INVALID_PURPOSE: "the certificate is not for this use: members need one for servers and for clients",
};
