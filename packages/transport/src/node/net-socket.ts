import type { Socket } from "node:net";
import type { RawSocket, SocketHandlers } from "../driver.js";
import { Attachment } from "./attachment.js";

/** A connected socket of `node:net` or `node:tls` as a driver's. */
export const netSocket = (socket: Socket): RawSocket => new NetSocket(socket);

class NetSocket implements RawSocket {
  readonly remote: string;
  readonly #socket: Socket;
  readonly #attachment: Attachment;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.remote = remoteOf(socket);
    this.#attachment = new Attachment(() => socket.writableLength);
    // What went wrong shows as a close without goodbye: "close" always follows.
    socket.on("error", () => undefined);
    socket.on("close", () => this.#attachment.closed());
  }

  attach(handlers: SocketHandlers): void {
    this.#attachment.attach(handlers);
    this.#socket.on("data", (chunk: Buffer) => {
      // A plain view: a Buffer's slice() shares memory where a Uint8Array's copies.
      handlers.onChunk(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    });
  }

  write(chunks: ReadonlyArray<Uint8Array>): boolean {
    const socket = this.#socket;
    if (!socket.writable) return true;
    socket.cork();
    for (const chunk of chunks) socket.write(chunk, this.#attachment.onWritten);
    socket.uncork();
    return this.#attachment.taken();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** The other end as the network names it. */
export const remoteOf = ({ remoteAddress, remotePort }: Socket): string =>
  `${remoteAddress ?? "?"} port ${remotePort ?? "?"}`;
