import { createServer } from "node:net";
import { conformance, type Place } from "@chordnet/transport/conformance";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { browserDriver } from "../src/browser.js";
import { wsDriver } from "../src/ws.js";

/** A port that was free a moment ago: the system hands out others first. */
const freePort = (host: string): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen({ host, port: 0 }, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === "object" && bound !== null ? bound.port : 0));
    });
  });

const place = async (host: string, urlHost: string = host, path = ""): Promise<Place> => {
  const port = await freePort(host);
  const address = `ws://${urlHost}:${port}${path}`;
  const options = { host, port, advertise: address };
  return { address, listening: () => wsDriver(path === "" ? options : { ...options, path }) };
};

conformance(
  "ws",
  {
    place: () => place("127.0.0.1"),
    client: () => wsDriver(),
    variants: {
      IPv6: () => place("::1", "[::1]"),
      "a DNS name": () => place("localhost"),
      "listening on all addresses": () => place("0.0.0.0", "127.0.0.1"),
      "a path": () => place("127.0.0.1", "127.0.0.1", "/ring/1"),
    },
  },
  { describe, it, expect, afterEach },
);

conformance(
  "a browser's WebSocket",
  { place: () => place("127.0.0.1"), client: () => browserDriver("ws", () => WebSocket) },
  { describe, it, expect, afterEach },
);
