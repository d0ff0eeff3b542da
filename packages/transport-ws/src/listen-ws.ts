import { createServer, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { type Listener, type RawSocket, TransportError } from "@chordnet/transport";
import {
  advertisedAddress,
  checkListen,
  closeNet,
  type ListenOptions,
  listenNet,
  remoteOf,
} from "@chordnet/transport/node";
import { WebSocketServer } from "ws";
import { canonical, messageBytesMax, scheme } from "./address.js";
import { WsSocket } from "./ws-socket.js";

/** Where to listen, and the `ws://host:port/path` to advertise if it differs. */
export interface WsOptions extends ListenOptions {
  /** Starts with a slash; `/` by default. Requests for other paths are answered with 404. */
  readonly path?: string;
}

export const listenWs = async (
  options: WsOptions,
  onSocket: (socket: RawSocket) => void,
): Promise<Listener> => {
  checkListen(options);
  const path: unknown = options.path ?? "/";
  if (typeof path !== "string" || !path.startsWith("/"))
    throw new TransportError("bad-address", `path must be a text that starts with a slash: ${path}`);
  advertisedAddress({ scheme, canonical }, options, options.port, path);
  const upgrader = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: messageBytesMax,
    clientTracking: false,
  });
  const server = createServer(requestLimits, (_request, response) => {
    response.writeHead(426, { Connection: "close", Upgrade: "websocket" }).end();
  });
  server.on("upgrade", (request, socket, head) => {
    const asked = (request.url ?? "").split("?", 1)[0];
    if (asked !== path) refuse(socket, 404);
    else {
      const remote = remoteOf(request.socket);
      request.socket.setNoDelay(true);
      upgrader.handleUpgrade(request, socket, head, (upgraded) => onSocket(new WsSocket(upgraded, remote)));
    }
  });
  const port = await listenNet(server, options);
  return {
    address: advertisedAddress({ scheme, canonical }, options, port, path),
    close: () => {
      const closed = closeNet(server);
      server.closeAllConnections();
      return closed;
    },
  };
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
