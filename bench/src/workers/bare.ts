import type { Socket } from "node:net";
import type { Codec, Find, Found, Id, Peer } from "@chordnet/core";
import type { Work } from "./load.js";
import { connected, listening, type Reading, type Stream } from "./stream.js";

/**
 * The same frames on the same route, written and read by the same codec, and flushed together: all that a lookup costs
 * but for the protocol, the transport's care, and the promise.
 */

/** The length and the kind before a frame. */
export const headBytes = 5;

/** Answers each `Find` at once. Gives the port. */
export function bareServer(reading: Reading, codec: Codec): Promise<number> {
  return listening(reading, (stream) => {
    const out = new Out(stream.socket);
    readFrames(stream, (frame) => {
      const decoded = codec.decode(frame);
      if (decoded._tag === "Left" || decoded.right.message._tag !== "Find") throw new Error("no question");
      out.put(codec.encode({ from: 0, to: 0, message: foundFor(decoded.right.message.rid) }));
    });
  });
}

/** Asks `bareServer`s, any number at once. */
export async function bareAsker(
  reading: Reading,
  ports: ReadonlyArray<number>,
  route: ReadonlyArray<number>,
  {
    codec,
    targets,
    origin,
  }: { readonly codec: Codec; readonly targets: ReadonlyArray<Id>; readonly origin: Peer },
): Promise<Work> {
  const waiting = new Map<number, () => void>();
  const outs = await Promise.all(
    ports.map(async (port) => {
      const socket = await connected(reading, port, (each) =>
        readFrames(each, (frame) => {
          const decoded = codec.decode(frame);
          if (decoded._tag === "Left" || decoded.right.message._tag !== "Found") throw new Error("no answer");
          const { rid } = decoded.right.message;
          const done = waiting.get(rid);
          waiting.delete(rid);
          done?.();
        }),
      );
      return new Out(socket);
    }),
  );
  return (place, done) => {
    const target = targets[place % targets.length] as Id;
    waiting.set(place, done);
    const message = questionOf(place, target, origin);
    outs[route[place % route.length] as number]?.put(codec.encode({ from: 0, to: 0, message }));
  };
}

export function questionOf(rid: number, target: Id, origin: Peer): Find {
  return { _tag: "Find", rid, target, origin, hops: 1 };
}

/** As an owner of a sixteenth of a ring says it. */
export function foundFor(rid: number): Found {
  return {
    _tag: "Found",
    rid,
    token: { epoch: 1_700_000_000_000, length: 1n << 156n },
    leaseMs: 2000,
    hops: 1,
  };
}

/** Frames for one socket. Those of one turn of the event loop, for all sockets, are written from one callback. */
class Out {
  static readonly #full: Out[] = [];
  readonly #socket: Socket;
  #bytes = new Uint8Array(1 << 16);
  #used = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  put(frame: Uint8Array): void {
    if (this.#used === 0 && Out.#full.push(this) === 1) setImmediate(Out.#flushAll);
    new DataView(this.#bytes.buffer).setUint32(this.#used, frame.length);
    this.#bytes.set(frame, this.#used + headBytes);
    this.#used += headBytes + frame.length;
  }

  static #flushAll(): void {
    for (const out of Out.#full.splice(0)) {
      out.#socket.write(out.#bytes.slice(0, out.#used));
      out.#used = 0;
    }
  }
}

function readFrames(stream: Stream, onFrame: (frame: Uint8Array) => void): void {
  let rest: Uint8Array = new Uint8Array(0);
  stream.read((chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    while (at + headBytes <= bytes.length) {
      const end = at + headBytes + view.getUint32(at);
      if (end > bytes.length) break;
      onFrame(bytes.subarray(at + headBytes, end));
      at = end;
    }
    rest = bytes.slice(at);
  });
}
