import type { Socket } from "node:net";
import {
  attempt,
  canonicalHostPort,
  type DialFailure,
  type DialOptions,
  type RawSocket,
} from "@chordnet/transport";
import { dialNet, remoteOf } from "@chordnet/transport/node";
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
  options: DialOptions,
): Promise<Either<DialFailure, RawSocket>> =>
  attempt(options, "no answer to the upgrade in time", (settle) => {
    const remote = remoteOf(socket);
    const upgrading = new WebSocket(address, {
      createConnection: () => socket,
      perMessageDeflate: false,
      maxPayload: messageBytesMax,
    });
    upgrading.on("error", (error) => settle(left({ reason: "unreachable", detail: error.message })));
    upgrading.on("unexpected-response", (_request, response) => {
      const detail = `the server answered ${response.statusCode ?? "without a status"} to the upgrade`;
      settle(left({ reason: "protocol", detail }));
    });
    upgrading.once("open", () => settle(right(new WsSocket(upgrading, remote))));
    return () => upgrading.terminate();
  });
