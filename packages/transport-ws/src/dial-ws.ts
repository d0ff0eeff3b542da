import type { Socket } from "node:net";
import { canonicalHostPort, type DialFailure, type DialOptions, type RawSocket } from "@chordnet/transport";
import { dialNet } from "@chordnet/transport/node";
import { type Either, left, right } from "fp-ts/lib/Either.js";
import { WebSocket } from "ws";
import { messageBytesMax, scheme } from "./address.js";
import { WsSocket } from "./ws-socket.js";

/** Connects by TCP first, so that all addresses of a name are tried and a refusal is known as one; then upgrades. */
export const dialWs = async (
  address: string,
  options: DialOptions,
): Promise<Either<DialFailure, RawSocket>> => {
  const deadline = performance.now() + options.timeoutMs;
  const target = canonicalHostPort(address, scheme);
  if (target._tag === "Left") return left({ reason: "unreachable", detail: `${address} is no address` });
  const dialled = await dialNet(target.right.host, target.right.port ?? 0, options);
  if (dialled._tag === "Left") return dialled;
  const timeoutMs = Math.max(1, deadline - performance.now());
  return upgrade(address, dialled.right, { timeoutMs, signal: options.signal });
};

const upgrade = (
  address: string,
  socket: Socket,
  { timeoutMs, signal }: DialOptions,
): Promise<Either<DialFailure, RawSocket>> =>
  new Promise((settle) => {
    const remote = `${socket.remoteAddress ?? "?"} port ${socket.remotePort ?? "?"}`;
    const upgrading = new WebSocket(address, {
      createConnection: () => socket,
      perMessageDeflate: false,
      maxPayload: messageBytesMax,
    });
    const finish = (result: Either<DialFailure, RawSocket>): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      if (result._tag === "Left") upgrading.terminate();
      settle(result);
    };
    const fail = (reason: DialFailure["reason"], detail: string): void => finish(left({ reason, detail }));
    const onAbort = (): void => fail("timeout", "given up");
    const timer = setTimeout(() => fail("timeout", "no answer to the upgrade in time"), timeoutMs);
    signal.addEventListener("abort", onAbort, { once: true });
    upgrading.on("error", (error) => fail("unreachable", error.message));
    upgrading.on("unexpected-response", (_request, response) => {
      fail("protocol", `the server answered ${response.statusCode ?? "without a status"} to the upgrade`);
    });
    upgrading.once("open", () => finish(right(new WsSocket(upgrading, remote))));
  });
