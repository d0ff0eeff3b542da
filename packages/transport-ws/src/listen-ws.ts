import { createServer, type Server, STATUS_CODES } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { type Listener, type RawSocket, TransportError } from "@chordnet/transport";
import {
  Arrivals,
  advertisedAddress,
  type CredentialsSource,
  checkListen,
  closeNet,
  Inlet,
  type Judge,
  judgeSecured,
  type ListenOptions,
  listenNet,
  provesNothing,
  secureArrivals,
  serverOptions,
  throughInlet,
} from "@chordnet/transport/node";
import { WebSocketServer } from "ws";
import { canonicalOf, messageBytesMax, type Scheme } from "./address.js";
import { Carrier } from "./carrier.js";
import { WsSocket } from "./ws-socket.js";

/** Where to listen, and the `ws://host:port/path` to advertise if it differs. */
export interface WsOptions extends ListenOptions {
  /** Starts with a slash; `/` by default. Requests for other paths are answered with 404. */
  readonly path?: string;
}

export const listenWs = async (
  scheme: Scheme,
  credentials: CredentialsSource | null,
  options: WsOptions,
  onSocket: (socket: RawSocket) => void,
): Promise<Listener> => {
  checkListen(options);
  const path: unknown = options.path ?? "/";
  if (typeof path !== "string" || !path.startsWith("/"))
    throw new TransportError("bad-address", `path must be a text that starts with a slash: ${path}`);
  const naming = { scheme, canonical: canonicalOf(scheme) };
  advertisedAddress(naming, options, options.port, path);
  const upgrader = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: messageBytesMax,
    clientTracking: false,
  });
  const { server, arrivals, carrierOf, judge } = httpServer(credentials, onSocket);
  server.on("request", (_request, response) => {
    response.writeHead(426, { Connection: "close", Upgrade: "websocket" }).end();
  });
  server.on("upgrade", (request, socket, head) => {
    const asked = (request.url ?? "").split("?", 1)[0];
    if (asked !== path) refuse(socket, 404);
    else {
      const arrived = request.socket;
      arrived.setNoDelay(true);
      const carrier = carrierOf(arrived);
      upgrader.handleUpgrade(request, carrier, head, (upgraded) =>
        arrivals.complete(arrived, new WsSocket(upgraded, carrier, "server", judge(arrived))),
      );
    }
  });
  const port = await listenNet(server, options);
  return {
    address: advertisedAddress(naming, options, port, path),
    close: () => {
      const closed = closeNet(server);
      server.closeAllConnections();
      return closed;
    },
  };
};

interface HttpServer {
  readonly server: Server;
  readonly arrivals: Arrivals;
  readonly carrierOf: (arrived: Socket) => Carrier;
  readonly judge: (arrived: Socket) => Judge;
}

const httpServer = (
  credentials: CredentialsSource | null,
  onSocket: (socket: RawSocket) => void,
): HttpServer => {
  if (credentials === null) {
    const server = createServer(requestLimits);
    const arrivals = new Arrivals(server, onSocket);
    return { server, arrivals, carrierOf: readInPlace, judge: () => provesNothing };
  }
  const server = createTlsServer({ ...serverOptions(credentials), ...requestLimits });
  const judge: HttpServer["judge"] = (arrived) => (address) =>
    // What a server for TLS brings is nothing else.
    judgeSecured(arrived as TLSSocket, credentials, address);
  const arrivals = secureArrivals(server, credentials, onSocket);
  return { server, arrivals, carrierOf: (arrived) => new Carrier(arrived, null), judge };
};

const readInPlace = (arrived: Socket): Carrier => {
  const inlet = new Inlet();
  const read = throughInlet(arrived, inlet);
  if (read === null) return new Carrier(arrived, null);
  // The server waits until the handle is gone, and arrivals hear that it is.
  read.once("close", () => arrived.destroy());
  return new Carrier(read, inlet);
};

/** Who does not ask for the upgrade in this time is cut. */
const requestLimits = {
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} as const;

const refuse = (socket: Duplex, status: number): void => {
  socket.on("error", () => undefined);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    () => socket.destroy(),
  );
};
