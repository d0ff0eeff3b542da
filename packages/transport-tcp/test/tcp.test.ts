import { createServer } from "node:net";
import { conformance, type Place } from "@chordnet/transport/conformance";
import { afterEach, describe, expect, it } from "vitest";
import { tcpDriver } from "../src/tcp.js";

/** A port that was free a moment ago: the system hands out others first. */
const freePort = (host: string): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen({ host, port: 0 }, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === "object" && bound !== null ? bound.port : 0));
    });
  });

const place = async (host: string, urlHost: string = host): Promise<Place> => {
  const port = await freePort(host);
  const address = `tcp://${urlHost}:${port}`;
  return { address, listening: () => tcpDriver({ host, port, advertise: address }) };
};

conformance(
  "tcp",
  {
    place: () => place("127.0.0.1"),
    client: () => tcpDriver(),
    variants: {
      IPv6: () => place("::1", "[::1]"),
      "a DNS name": () => place("localhost"),
      "listening on all addresses": () => place("0.0.0.0", "127.0.0.1"),
    },
  },
  { describe, it, expect, afterEach },
);
