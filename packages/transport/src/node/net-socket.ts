import type { Socket } from "node:net";
import type { RawSocket, Refused, SocketHandlers } from "../driver.js";
import { Attachment } from "./attachment.js";
import type { Inlet } from "./inlet.js";
import { refusedByTls } from "./tls-trouble.js";

/** What the other end of a connection has proved: see `RawSocket.judge`. */
export type Judge = NonNullable<RawSocket["judge"]>;

/**
 * A connected socket of `node:net` or `node:tls` as a driver's. `judge`: what it proves, if it does. `inlet`: by which
 * it was made to be read; null: by its events.
 */
export const netSocket = (
  socket: Socket,
  judge: Judge = provesNothing,
  inlet: Inlet | null = null,
): RawSocket => new NetSocket(socket, judge, inlet);

export const provesNothing: Judge = () => null;

class NetSocket implements RawSocket {
  readonly remoteHost: string | null;
  readonly judge: Judge;
  readonly #socket: Socket;
  readonly #inlet: Inlet | null;
  readonly #attachment: Attachment;

  constructor(socket: Socket, judge: Judge, inlet: Inlet | null) {
    this.#socket = socket;
    this.#inlet = inlet;
    this.judge = judge;
    // Asked for once, it is known to Node also when the connection is gone.
    this.remoteHost = socket.remoteAddress ?? null;
    this.#attachment = new Attachment(socket);
    // What went wrong shows as a close without goodbye: "close" always follows.
    let refused: Refused | null = null;
    socket.on("error", (error) => {
      refused = refusedByTls(error);
    });
    socket.on("close", () => this.#attachment.closed(refused ?? undefined));
  }

  get remote(): string {
    return remoteOf(this.#socket);
  }

  attach(handlers: SocketHandlers): void {
    this.#attachment.attach(handlers);
    if (this.#inlet !== null) {
      this.#inlet.take = (chunk) => handlers.onChunk(chunk);
      return;
    }
    this.#socket.on("data", (chunk: Buffer) => {
      // A plain view: a Buffer's slice() shares memory where a Uint8Array's copies.
      handlers.onChunk(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    });
  }

  write(chunks: ReadonlyArray<Uint8Array>): boolean {
    const socket = this.#socket;
    // By us, or by the other side, to whose end Node answers with ours: nothing more is sent.
    if (socket.writableEnded) return true;
    if (chunks.length === 1) socket.write(chunks[0] as Uint8Array);
    else {
      socket.cork();
      for (const chunk of chunks) socket.write(chunk);
      socket.uncork();
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
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** The other end as the network names it. */
export const remoteOf = ({ remoteAddress, remotePort }: Socket): string =>
  `${remoteAddress ?? "?"} port ${remotePort ?? "?"}`;
