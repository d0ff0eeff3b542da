import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer, type Server, type TLSSocket } from "node:tls";
import {
  canonicalHostPort,
  type DialOptions,
  type Driver,
  formatAddress,
  type Listener,
  left,
  type RawSocket,
  right,
} from "@chordnet/transport";
import {
  advertisedAddress,
  type CredentialsSource,
  checkListen,
  closeNet,
  dialNet,
  Inlet,
  judgeSecured,
  type ListenOptions,
  listenNet,
  netSocket,
  provesNothing,
  secureArrivals,
  secureDialled,
  serverOptions,
  takePlace,
  throughInlet,
} from "@chordnet/transport/node";

/** Byte streams over TCP, encrypted or not: what the scheme of its addresses says. */
export const netDriver = (
  scheme: "tcp" | "tls",
  credentials: CredentialsSource | null,
  options: ListenOptions | undefined,
): Driver => {
  const canonical: Driver["canonical"] = (text) => {
    const address = canonicalHostPort(text, scheme);
    if (address._tag === "Left") return address;
    return address.right.path === ""
      ? right(formatAddress(address.right))
      : left({ _tag: "Malformed", text });
  };
  return {
    scheme,
    canonical,
    dial: (address, dialOptions) => dial({ scheme, canonical }, credentials, address, dialOptions),
    listen:
      options === undefined
        ? null
        : (onSocket) => listen({ scheme, canonical }, credentials, options, onSocket),
  };
};

type Naming = Pick<Driver, "scheme" | "canonical">;

const dial = async (
  { scheme }: Naming,
  credentials: CredentialsSource | null,
  address: string,
  options: DialOptions,
): ReturnType<Driver["dial"]> => {
  const deadline = performance.now() + options.timeoutMs;
  const target = canonicalHostPort(address, scheme);
  if (target._tag === "Left") return left({ reason: "unreachable", detail: `${address} is no address` });
  const { host, port } = target.right;
  const inlet = new Inlet();
  const dialled = await dialNet(host, port ?? 0, credentials === null ? { ...options, inlet } : options);
  if (dialled._tag === "Left") return dialled;
  if (credentials === null) return right(netSocket(dialled.right, provesNothing, inlet));
  const timeoutMs = Math.max(1, deadline - performance.now());
  const secured = await secureDialled(dialled.right, host, credentials, { ...options, timeoutMs });
  return secured._tag === "Left" ? secured : right(securedSocket(credentials, secured.right));
};

const listen = async (
  naming: Naming,
  credentials: CredentialsSource | null,
  options: ListenOptions,
  onSocket: (socket: RawSocket) => void,
): Promise<Listener> => {
  checkListen(options);
  advertisedAddress(naming, options, options.port);
  const server =
    credentials === null
      ? createServer({ noDelay: true }, (socket) => onSocket(acceptedSocket(socket)))
      : securedServer(credentials, onSocket);
  const port = await listenNet(server, options);
  return { address: advertisedAddress(naming, options, port), close: () => closeNet(server) };
};

const acceptedSocket = (socket: Socket): RawSocket => {
  const inlet = new Inlet();
  const read = throughInlet(socket, inlet);
  if (read === null) return netSocket(socket);
  takePlace(socket, read);
  return netSocket(read, provesNothing, inlet);
};

const securedServer = (credentials: CredentialsSource, onSocket: (socket: RawSocket) => void): Server => {
  const server = createTlsServer({ ...serverOptions(credentials), noDelay: true });
  const arrivals = secureArrivals(server, credentials, onSocket);
  server.on("secureConnection", (socket) => arrivals.complete(socket, securedSocket(credentials, socket)));
  return server;
};

const securedSocket = (credentials: CredentialsSource, socket: TLSSocket): RawSocket =>
  netSocket(socket, (address) => judgeSecured(socket, credentials, address));
