import "reflect-metadata";
import { isIP } from "node:net";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type GeneralNameType,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** What Node's `tls` takes, in PEM. */
export interface Issued {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Issues certificates that only those trust who have its own one. */
export interface Authority {
  readonly ca: string;
  /**
   * `hosts`: names and IP addresses that it covers. `days`: how long it is valid, from an hour ago on; negative: it
   * expired so long ago.
   */
  issue(hosts: ReadonlyArray<string>, days?: number): Promise<Issued>;
}

export const authority = async (name: string): Promise<Authority> => {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const root = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    ...validity(days),
    extensions: [new BasicConstraintsExtension(true, 1, true)],
  });
  const ca = root.toString("pem");
  return {
    ca,
    issue: async (hosts, valid = days) => {
      const own = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
      const certificate = await X509CertificateGenerator.create({
        subject: `CN=${hosts[0] ?? "nobody"}`,
        issuer: root.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        ...validity(valid),
        extensions: [
          await AuthorityKeyIdentifierExtension.create(keys.publicKey),
          new SubjectAlternativeNameExtension(hosts.map(alternativeName)),
        ],
      });
      const key = PemConverter.encode(await crypto.subtle.exportKey("pkcs8", own.privateKey), "PRIVATE KEY");
      return { ca, cert: certificate.toString("pem"), key };
    },
  };
};

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

const days = 1;

const validity = (valid: number): { readonly notBefore: Date; readonly notAfter: Date } => {
  const until = Date.now() + valid * dayMs;
  return { notBefore: new Date(Math.min(Date.now(), until) - hourMs), notAfter: new Date(until) };
};

const alternativeName = (host: string): { readonly type: GeneralNameType; readonly value: string } => ({
  type: isIP(host) === 0 ? "dns" : "ip",
  value: host,
});

const hourMs = 3_600_000;

const dayMs = 24 * hourMs;
