import type { Server } from "node:net";
import { describeAddressError, isUnspecified } from "../address.js";
import type { Driver } from "../driver.js";
import { TransportError, type TransportErrorCode } from "../transport-error.js";
import { systemWords } from "./system-words.js";

export interface ListenOptions {
  /** Name or address to listen on; `0.0.0.0` or `::` for all of the machine, with `advertise`. */
  readonly host: string;
  /** 0: a free one, found in the endpoint's address. */
  readonly port: number;
  /** The URL under which others reach this node, if it is not the one it listens on. */
  readonly advertise?: string;
}

/** Makes the server listen; resolves with the real port, rejects with a `TransportError`. */
export const listenNet = (server: Server, { host, port }: ListenOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    checkPort(port);
    const onError = (error: Error): void => reject(listenError(error, host, port));
    server.once("error", onError);
    server.listen({ host, port }, () => {
      server.off("error", onError);
      // A connection that could not be accepted is the dialler's to notice.
      server.on("error", () => undefined);
      const bound = server.address();
      resolve(typeof bound === "object" && bound !== null ? bound.port : port);
    });
  });

/** Resolves when the handles of the server and of all its connections are gone. */
export const closeNet = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    // The system's handle goes at the end of the turn in which "close" was emitted.
    server.close(() => setImmediate(() => setImmediate(resolve)));
  });

/**
 * The URL to advertise, of form `scheme://host:port` + `path`. Throws a `TransportError`; call it before listening,
 * too, with the configured port, so that nothing is opened in vain.
 */
export const advertisedAddress = (
  { scheme, canonical }: Pick<Driver, "scheme" | "canonical">,
  options: ListenOptions,
  port: number,
  path = "",
): string => {
  checkPort(options.port);
  if (options.advertise === undefined && isUnspecified(options.host)) {
    const needed = `the ${scheme}:// URL under which others reach this node`;
    throw new TransportError(
      "bad-address",
      `listening on ${options.host} needs the option advertise: ${needed}`,
    );
  }
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  const address = canonical(options.advertise ?? `${scheme}://${host}:${port || anyPort}${path}`);
  if (address._tag === "Right") return address.right;
  throw new TransportError("bad-address", describeAddressError(address.left));
};

/** To be called first. `unknown`: what is read from a configuration need not be what its type says. */
export const checkListen = (options: unknown): void => {
  if (typeof options !== "object" || options === null)
    throw new TransportError("bad-options", "listening needs an object with a host and a port");
  const { host, port, advertise }: { host?: unknown; port?: unknown; advertise?: unknown } = options;
  if (typeof host !== "string" || host === "")
    throw new TransportError("bad-options", "host must be the name or the address to listen on, as text");
  if (advertise !== undefined && typeof advertise !== "string")
    throw new TransportError("bad-options", "advertise must be a URL, as text");
  checkPort(port);
};

/** `unknown`: a port read from the environment is text. */
const checkPort = (port: unknown): void => {
  if (Number.isInteger(port) && Number(port) >= 0 && Number(port) <= 65_535) return;
  const given = typeof port === "string" ? `the text "${port}"` : String(port);
  throw new TransportError("bad-address", `port must be an integer from 0 to 65535, not ${given}`);
};

/** Stands for a port that is not known yet. */
const anyPort = 1;

const codes: Readonly<Record<string, TransportErrorCode>> = {
  EADDRINUSE: "address-in-use",
  EADDRNOTAVAIL: "address-not-available",
  ENOTFOUND: "name-not-resolved",
  EAI_AGAIN: "name-not-resolved",
  EACCES: "permission-denied",
  EPERM: "permission-denied",
  EMFILE: "too-many-files",
  ENFILE: "too-many-files",
};

const listenError = (error: NodeJS.ErrnoException, host: string, port: number): TransportError => {
  const code = codes[error.code ?? ""] ?? "listen-failed";
  const detail = `can't listen on ${host} port ${port}: ${systemWords(error)}`;
  return new TransportError(code, detail, { cause: error });
};
