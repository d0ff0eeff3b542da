import type { Id, Peer } from "@chordnet/core";
import { formatPeer, pointOf, readPeer } from "./space.js";

/**
 * What is asked on the wire of the Python library: one request and one answer a connection, in text, with no length
 * and no terminator.
 */
export type Request =
  | { readonly _tag: "FindSuccessor"; readonly target: Id }
  | { readonly _tag: "TraceSuccessor"; readonly target: Id; readonly hops: bigint }
  | { readonly _tag: "GetPredecessor" }
  /** `url`: null where what stands there is no node's address. */
  | { readonly _tag: "Notify"; readonly url: string | null }
  | { readonly _tag: "Ping" };

/** Why a text is no request, by what the library answers to it. */
export type BadRequest = "INVALID_METHOD" | "INVALID_NODE" | "ERROR:Invalid TRACE_SUCCESSOR Request" | "";

/** Requests and answers have so many bytes at most: the library reads no more. */
export const textBytesMax = 1024;

/** What is sent. */
export const writeRequest = (request: Exclude<Request, { readonly _tag: "Notify" }>): string => {
  switch (request._tag) {
    case "FindSuccessor":
      return `FIND_SUCCESSOR:${request.target}`;
    case "TraceSuccessor":
      return `TRACE_SUCCESSOR:${request.target}:${request.hops}`;
    case "GetPredecessor":
      return "GET_PREDECESSOR:";
    case "Ping":
      return "PING:";
  }
};

/** "I may be your predecessor." */
export const writeNotify = (self: Pick<Peer, "id" | "address">): string => `NOTIFY:${formatPeer(self)}`;

/**
 * Reads a request. White space around its parts, integers with a sign or beyond the circle, and arguments that nobody
 * asked for are taken as the library takes them.
 */
export const readRequest = (text: string): Request | BadRequest => {
  const [method = "", ...args] = text.split(":").map((part) => part.trim());
  switch (method) {
    case "FIND_SUCCESSOR": {
      const target = integer(args[0]);
      return target === null ? "" : { _tag: "FindSuccessor", target: pointOf(target) };
    }
    case "TRACE_SUCCESSOR": {
      const [target, hops] = [integer(args[0]), integer(args[1])];
      if (target === null || hops === null) return "ERROR:Invalid TRACE_SUCCESSOR Request";
      return { _tag: "TraceSuccessor", target: pointOf(target), hops };
    }
    case "GET_PREDECESSOR":
      return { _tag: "GetPredecessor" };
    case "NOTIFY":
      return args.length < 3 ? "INVALID_NODE" : { _tag: "Notify", url: readPeer(args.slice(0, 3).join(":")) };
    case "PING":
      return { _tag: "Ping" };
    default:
      return "INVALID_METHOD";
  }
};

/** How sure a text is to be a whole request: there is no other sign of its end. */
export type Wholeness =
  /** Nothing that belongs to it can follow. */
  | "whole"
  /** It makes sense, but the last number may have further digits. */
  | "likely"
  /** Something is missing. */
  | "part";

/** A notification is whole when its key is that of its address: until then something is missing, or it is forged. */
export const wholeness = (text: string): Wholeness => {
  const [method = "", ...args] = text.split(":").map((part) => part.trim());
  const needed = argumentsOf[method];
  if (needed === undefined)
    return Object.keys(argumentsOf).some((known) => known.startsWith(method)) ? "part" : "whole";
  if (args.length < Math.max(1, needed)) return "part";
  if (needed === 0) return "whole";
  if (method === "NOTIFY") return readPeer(args.slice(0, 3).join(":")) === null ? "part" : "whole";
  return args[needed - 1] === "" ? "part" : "likely";
};

const argumentsOf: Readonly<Record<string, number>> = {
  FIND_SUCCESSOR: 1,
  TRACE_SUCCESSOR: 2,
  GET_PREDECESSOR: 0,
  NOTIFY: 3,
  PING: 0,
};

const integer = (text = ""): bigint | null =>
  /^[+-]?[0-9]+$/.test(text) ? BigInt(text.replace("+", "")) : null;
