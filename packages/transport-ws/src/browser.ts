import {
  type DialFailure,
  type DialOptions,
  type Driver,
  type RawSocket,
  type Transport,
  TransportError,
  transportOf,
} from "@chordnet/transport";
import { type Either, left, right } from "fp-ts/lib/Either.js";
import { canonical, scheme } from "./address.js";
import { BrowserSocket, type PlatformSocket } from "./browser-socket.js";

export type PlatformWebSocket = new (address: string) => PlatformSocket;

/** ChordNet over the platform's WebSocket: a client. `open` rejects where it is told to listen, as in Node. */
export const ws = (options?: object): Transport => transportOf(browserDriver(platformWebSocket, options));

/** The byte streams alone: for the conformance suite. */
export const browserDriver = (platform: () => PlatformWebSocket | undefined, options?: object): Driver => ({
  scheme,
  canonical,
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
const dial = (
  Platform: PlatformWebSocket | undefined,
  address: string,
  { timeoutMs, signal }: DialOptions,
): Promise<Either<DialFailure, RawSocket>> =>
  new Promise((settle) => {
    const constructed = construct(Platform, address);
    if (constructed._tag === "Left") {
      settle(constructed);
      return;
    }
    const socket = constructed.right;
    socket.binaryType = "arraybuffer";
    const finish = (result: Either<DialFailure, RawSocket>): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      if (result._tag === "Left") socket.close();
      settle(result);
    };
    const fail = (reason: DialFailure["reason"], detail: string): void => finish(left({ reason, detail }));
    const onAbort = (): void => fail("timeout", "given up");
    const timer = setTimeout(() => fail("timeout", "no connection in time"), timeoutMs);
    signal.addEventListener("abort", onAbort, { once: true });
    socket.addEventListener("error", () => fail("unreachable", `no connection to ${address}`));
    socket.addEventListener("close", () => fail("unreachable", `${address} closed the connection`));
    socket.addEventListener("open", () => finish(right(new BrowserSocket(socket, address))));
  });
