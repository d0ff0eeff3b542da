import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import {
  attempt,
  canonicalHostPort,
  type DialFailure,
  type DialOptions,
  type RawSocket,
} from "@chordnet/transport";
import {
  type CredentialsSource,
  dialNet,
  type Judge,
  judgeSecured,
  provesNothing,
  secureDialled,
} from "@chordnet/transport/node";
import { type Either, left, right } from "fp-ts/lib/Either.js";
import { WebSocket } from "ws";
import { messageBytesMax, type Scheme } from "./address.js";
import { WsSocket } from "./ws-socket.js";

/**
 * Connects by TCP first, so that all addresses of a name are tried and a refusal is known as one; encrypts that, if
 * there are credentials; then upgrades.
 */
export const dialWs = async (
  scheme: Scheme,
  credentials: CredentialsSource | null,
  address: string,
  options: DialOptions,
): Promise<Either<DialFailure, RawSocket>> => {
  const deadline = performance.now() + options.timeoutMs;
  const rest = (): DialOptions => ({ ...options, timeoutMs: Math.max(1, deadline - performance.now()) });
  const target = canonicalHostPort(address, scheme);
  if (target._tag === "Left") return left({ reason: "unreachable", detail: `${address} is no address` });
  const { host, port } = target.right;
  const dialled = await dialNet(host, port ?? 0, options);
  if (dialled._tag === "Left") return dialled;
  if (credentials === null) return upgrade(address, dialled.right, provesNothing, rest());
  const secured = await secureDialled(dialled.right, host, credentials, rest());
  if (secured._tag === "Left") return secured;
  return upgrade(address, secured.right, judge(secured.right, credentials), rest());
};

const judge =
  (socket: TLSSocket, credentials: CredentialsSource): Judge =>
  (address) =>
    judgeSecured(socket, credentials, address);

const upgrade = (
  address: string,
  socket: Socket,
  judged: Judge,
  options: DialOptions,
): Promise<Either<DialFailure, RawSocket>> =>
  attempt(options, "no answer to the upgrade in time", (settle) => {
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
    upgrading.once("open", () => settle(right(new WsSocket(upgrading, socket, judged))));
    return () => upgrading.terminate();
  });
