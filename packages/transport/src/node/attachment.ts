import type { Refused, SocketHandlers } from "../driver.js";

/** What sockets of Node's have in common: whom they tell, and until when what was written needs its memory. */
export class Attachment {
  readonly #unsentBytes: () => number;
  #handlers: SocketHandlers | null = null;
  #closed = false;
  #refused: Refused | undefined;
  #blocked = false;

  constructor(unsentBytes: () => number) {
    this.#unsentBytes = unsentBytes;
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

  /** After writing. True: the system took all of it at once; else Node holds the memory until it does. */
  taken(): boolean {
    if (this.#unsentBytes() > 0) this.#blocked = true;
    return !this.#blocked;
  }

  /** For the callback of each write: Node's own "drain" comes only after more bytes than its high-water mark. */
  readonly onWritten = (): void => {
    if (!this.#blocked || this.#unsentBytes() > 0) return;
    this.#blocked = false;
    this.#handlers?.onDrained();
  };
}
