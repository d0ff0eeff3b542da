import { lookup } from "node:dns/promises";
import { connect, type Socket } from "node:net";
import { type Either, left, right } from "fp-ts/lib/Either.js";
import type { DialFailure, DialOptions } from "../driver.js";

/** Connects to one of the host's addresses, tried one after the other; within `timeoutMs` for all together. */
export const dialNet = async (
  host: string,
  port: number,
  options: DialOptions,
): Promise<Either<DialFailure, Socket>> => {
  const since = performance.now();
  const resolved = await within(resolve(host), options);
  if (resolved._tag === "Left") return resolved;
  const timeoutMs = options.timeoutMs - (performance.now() - since);
  return dialAddresses(resolved.right, port, { ...options, timeoutMs });
};

/** Each address gets an equal share of the time that is left. */
export const dialAddresses = async (
  addresses: ReadonlyArray<string>,
  port: number,
  { timeoutMs, signal }: DialOptions,
): Promise<Either<DialFailure, Socket>> => {
  const deadline = performance.now() + timeoutMs;
  const failures: DialFailure[] = [];
  for (const [i, address] of addresses.entries()) {
    const share = (deadline - performance.now()) / (addresses.length - i);
    if (share <= 0 || signal.aborted) {
      failures.push({ reason: "timeout", detail: `${address}: not tried` });
      continue;
    }
    const attempt = await connectTo(address, port, { timeoutMs: share, signal });
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
    return left({ reason: "unreachable", detail: `${host}: ${codeOf(error)}` });
  }
};

const connectTo = (host: string, port: number, options: DialOptions): Promise<Either<DialFailure, Socket>> =>
  new Promise((settle) => {
    const socket = connect({ host, port, noDelay: true, autoSelectFamily: false });
    const finish = (result: Either<DialFailure, Socket>): void => {
      clearTimeout(timer);
      options.signal.removeEventListener("abort", onAbort);
      socket.off("connect", onConnect);
      socket.off("error", onError);
      // Between here and the new owner's own listeners an error must not become an uncaught one.
      socket.on("error", ignore);
      if (result._tag === "Left") socket.destroy();
      settle(result);
    };
    const fail = (reason: DialFailure["reason"], detail: string): void =>
      finish(left({ reason, detail: `${host}: ${detail}` }));
    const onAbort = (): void => fail("timeout", "given up");
    const onConnect = (): void => {
      if (isConnectedToItself(socket)) fail("refused", "nobody listens there");
      else finish(right(socket));
    };
    const onError = (error: Error): void => {
      const code = codeOf(error);
      fail(code === "ECONNREFUSED" ? "refused" : code === "ETIMEDOUT" ? "timeout" : "unreachable", code);
    };
    const timer = setTimeout(() => fail("timeout", "no connection in time"), options.timeoutMs);
    options.signal.addEventListener("abort", onAbort, { once: true });
    socket.once("connect", onConnect);
    socket.once("error", onError);
  });

/** A dial to a free port of this machine can be given that very port as its own, and meets itself. */
const isConnectedToItself = (socket: Socket): boolean =>
  socket.localPort === socket.remotePort && socket.localAddress === socket.remoteAddress;

const within = <A>(
  work: Promise<Either<DialFailure, A>>,
  { timeoutMs, signal }: DialOptions,
): Promise<Either<DialFailure, A>> =>
  new Promise((settle) => {
    const giveUp = (): void =>
      settle(left({ reason: "timeout", detail: "the name was not resolved in time" }));
    const timer = setTimeout(giveUp, timeoutMs);
    signal.addEventListener("abort", giveUp, { once: true });
    void work.then((result) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
      settle(result);
    });
  });

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);

const ignore = (): void => undefined;
