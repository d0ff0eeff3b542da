import type { Socket } from "node:net";
import type { Message, RequestId } from "@chordnet/core";
import { readUtf8 } from "@chordnet/core";
import type { BadRequest, Request, Wholeness } from "./request.js";
import { readRequest, textBytesMax, wholeness } from "./request.js";
import { formatPeer } from "./space.js";

/** What callers are told of. */
export interface DeskPorts {
  /** Asks this node itself; null: it says nothing. */
  ask(make: (rid: RequestId) => Message): Promise<Message | null>;
  /** The node at this URL may be the predecessor. False: nobody answers there. */
  notified(url: string): Promise<boolean>;
}

/** How long a caller is waited for, and has to take its answer. */
const callerMs = 5_000;

/** How long more of a request is waited for. */
const graceMs: Readonly<Record<Exclude<Wholeness, "whole">, number>> = { likely: 2, part: 250 };

/** How long an owner is looked for; the library waits 5 s for it. */
const lookupMs = 4_500;

/** Reads what one caller asks, answers it, and closes. */
export const attend = async (socket: Socket, ports: DeskPorts): Promise<void> => {
  // A caller that goes away has no more use for an answer.
  socket.on("error", () => undefined);
  const patience = setTimeout(() => socket.destroy(), callerMs);
  socket.once("close", () => clearTimeout(patience));
  const text = await requestOf(socket);
  // Who did not wait for it is not worked for: else a slow node would become slower still.
  if (socket.destroyed) return;
  const reply = text === null ? "" : await answer(readRequest(text), ports);
  socket.end(reply);
};

/** The text of a request, once all of it seems to be there; null: it is no text. */
const requestOf = (socket: Socket): Promise<string | null> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const done = (): void => {
      clearTimeout(timer);
      socket.off("data", take);
      socket.resume();
      const bytes = Buffer.concat(chunks);
      resolve(readUtf8(bytes, 0, Math.min(bytes.length, textBytesMax)));
    };
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      length += chunk.length;
      clearTimeout(timer);
      const sure = length < textBytesMax ? wholeness(Buffer.concat(chunks).toString("utf8")) : "whole";
      if (sure === "whole") done();
      else timer = setTimeout(done, graceMs[sure]);
    };
    socket.on("data", take);
    socket.once("end", done);
    socket.once("close", done);
  });

/** In the words of the library. "": the connection is closed without a word. */
const answer = async (request: Request | BadRequest, ports: DeskPorts): Promise<string> => {
  if (typeof request === "string") return request;
  switch (request._tag) {
    case "Ping":
      return "ALIVE";
    case "GetPredecessor": {
      const predecessor = await predecessorOf(ports.ask);
      return predecessor === null ? "nil" : formatPeer(predecessor);
    }
    case "FindSuccessor":
      return (await ownerOf(ports, request.target, false))?.text ?? "";
    case "TraceSuccessor": {
      const owner = await ownerOf(ports, request.target, true);
      return owner === null
        ? "ERROR:Invalid TRACE_SUCCESSOR Request"
        : `${owner.text}:${request.hops + BigInt(owner.hops)}`;
    }
    case "Notify":
      if (request.url === null || !(await ports.notified(request.url))) return "INVALID_NODE";
      return (await predecessorOf(ports.ask))?.address === request.url ? "OK" : "IGNORED";
  }
};

type Inspected = Extract<Message, { readonly _tag: "Inspected" }>;

/** Who comes before this node, as `ask` says. */
export const predecessorOf = async (ask: DeskPorts["ask"]): Promise<Inspected["predecessor"]> => {
  const told = await ask((rid) => ({ _tag: "Inspect", rid }));
  return told?._tag === "Inspected" ? told.predecessor : null;
};

const ownerOf = async (
  ports: DeskPorts,
  target: Extract<Request, { readonly _tag: "FindSuccessor" }>["target"],
  trace: boolean,
): Promise<{ readonly text: string; readonly hops: number } | null> => {
  const told = await ports.ask((rid) => ({ _tag: "Query", rid, target, timeoutMs: lookupMs, trace }));
  return told?._tag === "Resolved" ? { text: formatPeer(told.owner), hops: told.hops } : null;
};
