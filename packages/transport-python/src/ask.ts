import { left, right } from "@chordnet/core";
import type { LinkFailure } from "@chordnet/transport";
import { canonicalHostPort } from "@chordnet/transport";
import { dialNet } from "@chordnet/transport/node";
import type { Either } from "fp-ts/lib/Either.js";
import { textBytesMax } from "./request.js";
import { scheme } from "./space.js";

/** How long the library waits for an answer, and so this. */
const answerMs = 5_000;

/** Asks a node one thing, over a connection of its own. Its answer is what it sends until it closes; "" is one, too. */
export const ask = async (
  url: string,
  request: string,
  signal: AbortSignal,
): Promise<Either<LinkFailure, string>> => {
  const target = canonicalHostPort(url, scheme);
  if (target._tag === "Left") return left({ reason: "bad-address", detail: url });
  const { host, port } = target.right;
  const dialled = await dialNet(host, port ?? 0, { timeoutMs: answerMs, signal });
  if (dialled._tag === "Left") return dialled;
  const socket = dialled.right;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (outcome: Either<LinkFailure, string>): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      socket.destroy();
      resolve(outcome);
    };
    const fail = (reason: LinkFailure["reason"], detail: string): void => settle(left({ reason, detail }));
    const abort = (): void => fail("closed", "the endpoint closed");
    const timer = setTimeout(() => fail("timeout", `no answer to ${request} in time`), answerMs);
    signal.addEventListener("abort", abort);
    socket.on("data", (chunk) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > textBytesMax) fail("protocol", `the answer to ${request} is too long`);
    });
    socket.on("end", () => settle(right(Buffer.concat(chunks).toString("utf8").trim())));
    socket.on("error", (error) => fail("reset", error.message));
    socket.on("close", () => fail("reset", "the connection ended without an answer"));
    socket.write(request);
  });
};
