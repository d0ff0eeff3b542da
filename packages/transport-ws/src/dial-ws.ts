import type { TLSSocket } from "node:tls";
import {
  attempt,
  canonicalHostPort,
  type DialFailure,
  type DialOptions,
  left,
  type RawSocket,
  right,
} from "@chordnet/transport";
import {
  type CredentialsSource,
  dialNet,
  Inlet,
  type Judge,
  judgeSecured,
  provesNothing,
  secureDialled,
} from "@chordnet/transport/node";
import type { Either } from "fp-ts/lib/Either.js";
import { WebSocket } from "ws";
import { messageBytesMax, type Scheme } from "./address.js";
import { Carrier } from "./carrier.js";
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
  const inlet = credentials === null ? new Inlet() : null;
  const dialled = await dialNet(host, port ?? 0, inlet === null ? options : { ...options, inlet });
  if (dialled._tag === "Left") return dialled;
  if (credentials === null) return upgrade(address, new Carrier(dialled.right, inlet), provesNothing, rest());
  const secured = await secureDialled(dialled.right, host, credentials, rest());
  if (secured._tag === "Left") return secured;
  const carrier = new Carrier(secured.right, null);
  return upgrade(address, carrier, judge(secured.right, credentials), rest());
};

/** A port that answers, but not in HTTP, mostly belongs to a node that listens without WebSocket. */
const upgradeFailure = (address: string, error: Error): DialFailure => {
  if (!isNotHttp(error)) return { reason: "unreachable", detail: error.message };
  const { protocol, host } = new URL(address);
  const below = `${protocol === "wss:" ? "tls" : "tcp"}://`;
  const detail = `it does not speak WebSocket: where a node listens on ${below}, name it as ${below}${host}`;
  return { reason: "protocol", detail };
};

/** By the codes of Node's parser of HTTP. */
const isNotHttp = (error: Error): boolean => "code" in error && String(error.code).startsWith("HPE_");

const judge =
  (socket: TLSSocket, credentials: CredentialsSource): Judge =>
  (address) =>
    judgeSecured(socket, credentials, address);

const upgrade = (
  address: string,
  carrier: Carrier,
  judged: Judge,
  options: DialOptions,
): Promise<Either<DialFailure, RawSocket>> =>
  attempt(options, "no answer to the upgrade in time", (settle) => {
    const upgrading = new WebSocket(address, {
      createConnection: () => carrier,
      perMessageDeflate: false,
      maxPayload: messageBytesMax,
    });
    upgrading.on("error", (error) => settle(left(upgradeFailure(address, error))));
    upgrading.on("unexpected-response", (_request, response) => {
      const detail = `the server answered ${response.statusCode ?? "without a status"} to the upgrade`;
      settle(left({ reason: "protocol", detail }));
    });
    upgrading.once("open", () => settle(right(new WsSocket(upgrading, carrier, "client", judged))));
    return () => upgrading.terminate();
  });
