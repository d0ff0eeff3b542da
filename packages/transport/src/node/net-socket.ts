import type { Socket } from "node:net";
import type { RawSocket, SocketHandlers } from "../driver.js";

/** A connected socket of `node:net` or `node:tls` as a driver's. */
export const netSocket = (socket: Socket): RawSocket => new NetSocket(socket);

class NetSocket implements RawSocket {
  readonly remote: string;
  readonly #socket: Socket;
  #handlers: SocketHandlers | null = null;
  #closed = false;
  #blocked = false;
  /** Node's own "drain" comes only after more bytes than its high-water mark. */
  readonly #onWritten = (): void => {
    if (!this.#blocked || this.#socket.writableLength > 0) return;
    this.#blocked = false;
    this.#handlers?.onDrained();
  };

  constructor(socket: Socket) {
    this.#socket = socket;
    this.remote = `${socket.remoteAddress ?? "?"} port ${socket.remotePort ?? "?"}`;
    // What went wrong shows as a close without goodbye: "close" always follows.
    socket.on("error", () => undefined);
    socket.on("close", () => this.#onClose());
  }

  attach(handlers: SocketHandlers): void {
    this.#handlers = handlers;
    this.#socket.on("data", (chunk: Buffer) => {
      // A plain view: a Buffer's slice() shares memory where a Uint8Array's copies.
      handlers.onChunk(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    });
    if (this.#closed) queueMicrotask(() => handlers.onClosed());
  }

  write(chunks: ReadonlyArray<Uint8Array>): boolean {
    const socket = this.#socket;
    if (!socket.writable) return true;
    socket.cork();
    for (const chunk of chunks) socket.write(chunk, this.#onWritten);
    socket.uncork();
    // The system took all of it at once, or Node holds the memory until it does.
    if (socket.writableLength > 0) this.#blocked = true;
    return !this.#blocked;
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

  #onClose(): void {
    this.#closed = true;
    this.#handlers?.onClosed();
  }
}
