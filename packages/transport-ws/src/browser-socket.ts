import type { RawSocket, SocketHandlers } from "@chordnet/transport";
import { messagesOf } from "./address.js";

/** What is used of the platform's `WebSocket`. */
export interface PlatformSocket {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  addEventListener(type: "open" | "close" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  send(data: Uint8Array): void;
  close(): void;
}

/** A browser's open WebSocket as a driver's socket: it neither pauses nor tells when it has drained. */
export class BrowserSocket implements RawSocket {
  readonly remote: string;
  readonly remoteHost: null = null;
  readonly #socket: PlatformSocket;
  #handlers: SocketHandlers | null = null;
  /** What came before somebody took it, or during a pause. */
  #held: Uint8Array[] = [];
  #paused = true;
  #closed = false;
  #announced = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(socket: PlatformSocket, address: string) {
    this.#socket = socket;
    this.remote = address;
    socket.addEventListener("message", ({ data }) => this.#onMessage(data));
    socket.addEventListener("close", () => this.#onClose());
  }

  attach(handlers: SocketHandlers): void {
    this.#handlers = handlers;
    if (this.#closed) queueMicrotask(() => this.#announce());
    else queueMicrotask(() => this.resume());
  }

  write(chunks: ReadonlyArray<Uint8Array>): boolean {
    const socket = this.#socket;
    if (this.#closed || socket.readyState !== open) return true;
    for (const message of messagesOf(chunks)) socket.send(message);
    if (socket.bufferedAmount <= bufferedBytesMax) return true;
    this.#timer ??= setTimeout(() => this.#lookIfDrained(), drainPeriodMs);
    return false;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    const held = this.#held;
    this.#held = [];
    for (const chunk of held) this.#deliver(chunk);
  }

  end(): void {
    this.#socket.close();
  }

  /** A browser can't cut a connection; it can forget it. */
  destroy(): void {
    if (this.#closed) return;
    this.#socket.close();
    queueMicrotask(() => this.#onClose());
  }

  #onMessage(data: unknown): void {
    if (data instanceof ArrayBuffer) this.#deliver(new Uint8Array(data));
    else this.destroy();
  }

  #deliver(chunk: Uint8Array): void {
    if (this.#closed) return;
    if (this.#paused || this.#handlers === null) this.#held.push(chunk);
    else this.#handlers.onChunk(chunk);
  }

  #lookIfDrained(): void {
    this.#timer = null;
    if (this.#closed) return;
    if (this.#socket.bufferedAmount > 0) {
      this.#timer = setTimeout(() => this.#lookIfDrained(), drainPeriodMs);
    } else this.#handlers?.onDrained();
  }

  #onClose(): void {
    this.#closed = true;
    this.#held = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#announce();
  }

  #announce(): void {
    if (this.#announced || this.#handlers === null) return;
    this.#announced = true;
    this.#handlers.onClosed();
  }
}

/** The WebSocket standard's readyState. */
const open = 1;

const bufferedBytesMax = 262_144;

const drainPeriodMs = 5;
