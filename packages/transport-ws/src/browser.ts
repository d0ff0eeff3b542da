import {
  attempt,
  type DialFailure,
  type DialOptions,
  type Driver,
  left,
  type RawSocket,
  right,
  type Transport,
  TransportError,
  transportOf,
} from "@chordnet/transport";
import type { Either } from "fp-ts/lib/Either.js";
import { canonicalOf, type Scheme } from "./address.js";
import { BrowserSocket, type PlatformSocket } from "./browser-socket.js";

export type PlatformWebSocket = new (address: string) => PlatformSocket;

/** ChordNet over the platform's WebSocket: a client. `open` rejects where it is told to listen, as in Node. */
export const ws = (options?: object): Transport =>
  transportOf(browserDriver("ws", platformWebSocket, options));

/**
 * The same for `wss://`: the platform decides by its own authorities whether it believes the node's certificate, and
 * the `token` is what the node lets the page in by.
 */
export const wss = ({ token }: { readonly token?: string } = {}, options?: object): Transport =>
  transportOf({ ...browserDriver("wss", platformWebSocket, options), token: () => token ?? null });

/** The byte streams alone: for the conformance suite. */
export const browserDriver = (
  scheme: Scheme,
  platform: () => PlatformWebSocket | undefined,
  options?: object,
): Driver => ({
  scheme,
  canonical: canonicalOf(scheme),
  dial: (address, dialOptions) => dial(platform(), address, dialOptions),
  listen:
    options === undefined
      ? null
      : async () => {
          throw new TransportError("bad-options", "a browser can't listen: call ws() without options");
        },
});

const platformWebSocket = (): PlatformWebSocket | undefined => {
  const platform: { readonly WebSocket?: PlatformWebSocket } = globalThis;
  return platform.WebSocket;
};

/** Throws for an address that the page may not connect to, as `ws:` from a page loaded over `https:`. */
const construct = (
  Platform: PlatformWebSocket | undefined,
  address: string,
): Either<DialFailure, PlatformSocket> => {
  if (Platform === undefined) return left({ reason: "unreachable", detail: "there is no WebSocket here" });
  try {
    return right(new Platform(address));
  } catch (error) {
    return left({ reason: "unreachable", detail: String(error) });
  }
};

/** Browsers keep to themselves why a connection failed: it is never reported as refused. */
const dial = async (
  Platform: PlatformWebSocket | undefined,
  address: string,
  options: DialOptions,
): Promise<Either<DialFailure, RawSocket>> => {
  const constructed = construct(Platform, address);
  if (constructed._tag === "Left") return constructed;
  const socket = constructed.right;
  socket.binaryType = "arraybuffer";
  return attempt(options, "no connection in time", (settle) => {
    const fail = (detail: string): void => settle(left({ reason: "unreachable", detail }));
    socket.addEventListener("error", () => fail(`no connection to ${address}`));
    socket.addEventListener("close", () => fail(`${address} closed the connection`));
    socket.addEventListener("open", () => settle(right(new BrowserSocket(socket, address))));
    return () => socket.close();
  });
};
