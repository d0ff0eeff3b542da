import type { Socket } from "node:net";
import type { Refused, SocketHandlers } from "../driver.js";

/** What sockets of Node's have in common: whom they tell, and until when what was written needs its memory. */
export class Attachment {
  readonly #socket: Socket;
  #handlers: SocketHandlers | null = null;
  #closed = false;
  #refused: Refused | undefined;
  #blocked = false;

  /** The socket that is written to. */
  constructor(socket: Socket) {
    this.#socket = socket;
  }

  attach(handlers: SocketHandlers): void {
    this.#handlers = handlers;
    if (this.#closed) queueMicrotask(() => handlers.onClosed(this.#refused));
  }

  /** `refused`: why, where that is known. */
  closed(refused?: Refused): void {
    this.#closed = true;
    this.#refused = refused;
    this.#handlers?.onClosed(refused);
  }

  /**
   * After writing. True: the system took all of it at once, as it nearly always does; else Node holds the memory until
   * it does. So writes need no callback, for each of which Node would run a tick of its own; and its "drain" comes only
   * after more bytes than its high-water mark.
   */
  taken(): boolean {
    if (!this.#blocked && this.#socket.writableLength > 0) {
      this.#blocked = true;
      this.#awaitWritten();
    }
    return !this.#blocked;
  }

  /** What is written last is written when all is. */
  #awaitWritten(): void {
    this.#socket.write(nothing, (error) => this.#onWritten(error));
  }

  #onWritten(error?: Error | null): void {
    // Then nothing more will be written.
    if (error instanceof Error) return;
    if (this.#socket.writableLength > 0) {
      this.#awaitWritten();
      return;
    }
    this.#blocked = false;
    this.#handlers?.onDrained();
  }
}

const nothing = new Uint8Array(0);
