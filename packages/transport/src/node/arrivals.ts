import type { Server, Socket } from "node:net";
import type { RawSocket, Refused, SocketHandlers } from "../driver.js";
import { remoteOf } from "./net-socket.js";

/**
 * Connections that have to do something before they are byte streams: a TLS handshake, an upgrade. They are handed on
 * at once all the same, so that whatever bounds connections, their number and their time, bounds these.
 */
export class Arrivals {
  readonly #arriving = new Map<string, ArrivingSocket>();

  constructor(server: Server, onSocket: (socket: RawSocket) => void) {
    server.prependListener("connection", (socket: Socket) => {
      const remote = remoteOf(socket);
      const arriving = new ArrivingSocket(socket, () => this.#arriving.delete(remote));
      this.#arriving.set(remote, arriving);
      onSocket(arriving);
    });
  }

  /** The byte stream of this connection is there; `socket`: what `net`, `tls` or `http` calls it. */
  complete(socket: Socket, stream: RawSocket): void {
    const arriving = this.#arriving.get(remoteOf(socket));
    if (arriving === undefined) stream.destroy();
    else arriving.become(stream);
  }

  fail(socket: Socket, refused: Refused): void {
    this.#arriving.get(remoteOf(socket))?.fail(refused);
  }
}

class ArrivingSocket implements RawSocket {
  readonly remote: string;
  readonly remoteHost: string | null;
  readonly #socket: Socket;
  #handlers: SocketHandlers | null = null;
  #stream: RawSocket | null = null;
  /** What was written before there was a way to send it: a hello or a refusal, not more. */
  #held: Uint8Array[] = [];
  #ending = false;
  #paused = false;
  #refused: Refused | undefined;
  #closed = false;

  constructor(socket: Socket, gone: () => void) {
    this.#socket = socket;
    this.remote = remoteOf(socket);
    this.remoteHost = socket.remoteAddress ?? null;
    socket.on("error", () => undefined);
    socket.once("close", () => {
      gone();
      this.#closed = true;
      if (this.#stream === null) this.#handlers?.onClosed(this.#refused);
    });
  }

  attach(handlers: SocketHandlers): void {
    this.#handlers = handlers;
    if (this.#stream !== null) this.#stream.attach(handlers);
    else if (this.#closed) queueMicrotask(() => handlers.onClosed(this.#refused));
  }

  become(stream: RawSocket): void {
    this.#stream = stream;
    const handlers = this.#handlers;
    if (handlers !== null) stream.attach(handlers);
    if (this.#held.length > 0 && stream.write(this.#held)) queueMicrotask(() => handlers?.onDrained());
    this.#held = [];
    if (this.#paused) stream.pause();
    if (this.#ending) stream.end();
  }

  fail(refused: Refused): void {
    this.#refused = refused;
    this.destroy();
  }

  judge(address: string | null): ReturnType<NonNullable<RawSocket["judge"]>> {
    return this.#stream?.judge?.(address) ?? null;
  }

  write(chunks: ReadonlyArray<Uint8Array>): boolean {
    if (this.#stream !== null) return this.#stream.write(chunks);
    this.#held.push(...chunks);
    return false;
  }

  pause(): void {
    this.#paused = true;
    this.#stream?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#stream?.resume();
  }

  end(): void {
    if (this.#stream === null) this.#ending = true;
    else this.#stream.end();
  }

  destroy(): void {
    if (this.#stream === null) this.#socket.destroy();
    else this.#stream.destroy();
  }
}
