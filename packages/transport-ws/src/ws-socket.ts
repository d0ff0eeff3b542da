import type { Socket } from "node:net";
import type { RawSocket, SocketHandlers } from "@chordnet/transport";
import { Attachment, type Judge, remoteOf } from "@chordnet/transport/node";
import { type RawData, WebSocket } from "ws";
import { messagesOf } from "./address.js";

/** An open connection of the package `ws` as a driver's socket. */
export class WsSocket implements RawSocket {
  readonly remote: string;
  readonly remoteHost: string | null;
  readonly judge: Judge;
  readonly #socket: WebSocket;
  readonly #attachment: Attachment;

  /** `carrier`: the connection below. */
  constructor(socket: WebSocket, carrier: Socket, judge: Judge) {
    this.#socket = socket;
    this.judge = judge;
    this.remote = remoteOf(carrier);
    this.remoteHost = carrier.remoteAddress ?? null;
    this.#attachment = new Attachment(() => socket.bufferedAmount);
    // Messages may come before somebody takes them.
    socket.pause();
    socket.on("error", () => undefined);
    socket.on("close", () => this.#attachment.closed());
  }

  attach(handlers: SocketHandlers): void {
    this.#attachment.attach(handlers);
    this.#socket.on("message", (data, isBinary) => {
      const chunk = isBinary ? bytesOf(data) : null;
      if (chunk === null) this.#socket.close(unsupportedData);
      else handlers.onChunk(chunk);
    });
    // They are answered, and so cost more than a message of nothing: they count as that, at the least.
    this.#socket.on("ping", () => handlers.onChunk(nothing));
    this.#socket.on("pong", () => handlers.onChunk(nothing));
    this.#socket.resume();
  }

  write(chunks: ReadonlyArray<Uint8Array>): boolean {
    const socket = this.#socket;
    if (socket.readyState !== WebSocket.OPEN) return true;
    for (const chunk of chunks) {
      for (const message of messagesOf(chunk)) socket.send(message, binary, this.#attachment.onWritten);
    }
    return this.#attachment.taken();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.close();
  }

  destroy(): void {
    this.#socket.terminate();
  }
}

const nothing = new Uint8Array(0);

const binary = { binary: true, compress: false } as const;

/** The close code for a message of a kind that is not spoken here: ours are binary. */
const unsupportedData = 1003;

/** A plain view: a Buffer's slice() shares memory where a Uint8Array's copies. */
const bytesOf = (data: RawData): Uint8Array | null =>
  Buffer.isBuffer(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : null;
