import { lookup } from "node:dns/promises";
import { connect, type Socket } from "node:net";
import { left, right } from "@chordnet/core";
import type { Either } from "fp-ts/lib/Either.js";
import { attempt } from "../dialling/attempt.js";
import type { DialFailure, DialOptions } from "../driver.js";
import type { Inlet } from "./inlet.js";
import { systemWords } from "./system-words.js";

/** `inlet`: how the connection is to be read, unless by its events. */
export interface DialNetOptions extends DialOptions {
  readonly inlet?: Inlet;
}

/** Connects to one of the host's addresses, tried one after the other; within `timeoutMs` for all together. */
export const dialNet = async (
  host: string,
  port: number,
  options: DialNetOptions,
): Promise<Either<DialFailure, Socket>> => {
  const since = performance.now();
  const resolved = await attempt<ReadonlyArray<string>>(
    options,
    `${host}: the name was not resolved in time`,
    (settle) => {
      void resolve(host).then(settle);
      return () => undefined;
    },
  );
  if (resolved._tag === "Left") return resolved;
  const timeoutMs = options.timeoutMs - (performance.now() - since);
  return dialAddresses(resolved.right, port, { ...options, timeoutMs });
};

/** Each address gets an equal share of the time that is left. */
export const dialAddresses = async (
  addresses: ReadonlyArray<string>,
  port: number,
  { timeoutMs, signal, ...others }: DialNetOptions,
): Promise<Either<DialFailure, Socket>> => {
  const deadline = performance.now() + timeoutMs;
  const failures: DialFailure[] = [];
  for (const [i, address] of addresses.entries()) {
    const share = (deadline - performance.now()) / (addresses.length - i);
    if (share <= 0 || signal.aborted) {
      failures.push({ reason: "timeout", detail: `${address}: not tried` });
      continue;
    }
    const attempt = await connectTo(address, port, { ...others, timeoutMs: share, signal });
    if (attempt._tag === "Right") return attempt;
    failures.push(attempt.left);
  }
  return left(together(failures));
};

/** Refused is what every address refused: one that is silent may be the one where the peer lives. */
const together = (failures: ReadonlyArray<DialFailure>): DialFailure => {
  const reason =
    (["timeout", "unreachable"] as const).find((kind) =>
      failures.some((failure) => failure.reason === kind),
    ) ?? "refused";
  return { reason, detail: failures.map((failure) => failure.detail).join(", ") };
};

const resolve = async (host: string): Promise<Either<DialFailure, ReadonlyArray<string>>> => {
  try {
    const found = await lookup(host, { all: true });
    return right(found.map(({ address }) => address));
  } catch (error) {
    return left({ reason: "unreachable", detail: `${host}: ${systemWords(error as Error)}` });
  }
};

const connectTo = (
  host: string,
  port: number,
  options: DialNetOptions,
): Promise<Either<DialFailure, Socket>> =>
  attempt(options, `${host}: no connection in time`, (settle) => {
    const socket = connect({
      host,
      port,
      noDelay: true,
      autoSelectFamily: false,
      onread: options.inlet,
    });
    const fail = (reason: DialFailure["reason"], detail: string): void =>
      settle(left({ reason, detail: `${host}: ${detail}` }));
    const onError = (error: NodeJS.ErrnoException): void =>
      fail(reasons[error.code ?? ""] ?? "unreachable", systemWords(error));
    // Before the new owner has listeners of its own an error must not become an uncaught one.
    socket.on("error", ignore).on("error", onError);
    socket.once("connect", () => {
      // With it the attempt is forgotten: its signal and its timer would live as long as the connection.
      socket.off("error", onError);
      if (isConnectedToItself(socket)) fail("refused", "nobody listens there");
      else settle(right(socket));
    });
    return () => socket.destroy();
  });

const ignore = (): void => undefined;

/** A dial to a free port of this machine can be given that very port as its own, and meets itself. */
const isConnectedToItself = (socket: Socket): boolean =>
  socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress;

const reasons: Readonly<Record<string, DialFailure["reason"]>> = {
  ECONNREFUSED: "refused",
  ETIMEDOUT: "timeout",
};
