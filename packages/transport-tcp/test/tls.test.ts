import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { authority } from "@chordnet/authority";
import { conformance, type Place } from "@chordnet/transport/conformance";
import type { CredentialsSource } from "@chordnet/transport/node";
import { afterEach, describe, expect, it } from "vitest";
import { tlsDriver } from "../src/tls.js";

/** A port that was free a moment ago: the system hands out others first. */
const freePort = (host: string): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen({ host, port: 0 }, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === "object" && bound !== null ? bound.port : 0));
    });
  });

const place = async (
  credentials: CredentialsSource,
  host: string,
  urlHost: string = host,
): Promise<Place> => {
  const port = await freePort(host);
  const address = `tls://${urlHost}:${port}`;
  return { address, listening: () => tlsDriver(credentials, { host, port, advertise: address }) };
};

const secret = { secret: randomBytes(32) };

const certificates = {
  ...(await (await authority("a ring's")).issue(["localhost", "127.0.0.1", "::1"])),
  // The suite makes long names up.
  checkServerIdentity: (host: string, certificate: PeerCertificate) =>
    /^a+$/.test(host) ? undefined : checkServerIdentity(host, certificate),
};

conformance(
  "tls by a secret",
  {
    place: () => place(secret, "127.0.0.1"),
    client: () => tlsDriver(secret),
    variants: { IPv6: () => place(secret, "::1", "[::1]") },
  },
  { describe, it, expect, afterEach },
);

conformance(
  "tls by certificates",
  {
    place: () => place(certificates, "127.0.0.1"),
    client: () => tlsDriver(certificates),
    variants: {
      IPv6: () => place(certificates, "::1", "[::1]"),
      "a DNS name": () => place(certificates, "localhost"),
    },
  },
  { describe, it, expect, afterEach },
);
