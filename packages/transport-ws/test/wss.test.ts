import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { authority } from "@chordnet/authority";
import { conformance, type Place } from "@chordnet/transport/conformance";
import type { CredentialsSource } from "@chordnet/transport/node";
import { afterEach, describe, expect, it } from "vitest";
import { wssDriver } from "../src/wss.js";

/** A port that was free a moment ago: the system hands out others first. */
const freePort = (host: string): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen({ host, port: 0 }, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === "object" && bound !== null ? bound.port : 0));
    });
  });

const place = async (credentials: CredentialsSource): Promise<Place> => {
  const port = await freePort("127.0.0.1");
  const address = `wss://127.0.0.1:${port}/ring`;
  const options = { host: "127.0.0.1", port, path: "/ring", advertise: address };
  return { address, listening: () => wssDriver(credentials, options) };
};

const secret = { secret: randomBytes(32) };

const certificates = {
  ...(await (await authority("a ring's")).issue(["127.0.0.1"])),
  // The suite makes long names up.
  checkServerIdentity: (host: string, certificate: PeerCertificate) =>
    /^a+$/.test(host) ? undefined : checkServerIdentity(host, certificate),
};

conformance(
  "wss by a secret",
  { place: () => place(secret), client: () => wssDriver(secret) },
  { describe, it, expect, afterEach },
);

conformance(
  "wss by certificates",
  { place: () => place(certificates), client: () => wssDriver(certificates) },
  { describe, it, expect, afterEach },
);
