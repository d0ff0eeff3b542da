import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { Inlet } from "@chordnet/transport/node";

/**
 * The connection below a WebSocket, as the package `ws` sees it. It carries all bytes until the upgrade is through;
 * from then on `ws` is given only what its owner leaves to it (`pass`), and what it writes goes between whole frames of
 * its owner's.
 */
export class Carrier extends Duplex {
  readonly socket: Socket;
  /** What came behind the upgrade, before somebody took it. */
  readonly #early: Uint8Array[] = [];
  #upgrading = true;
  #take: (chunk: Uint8Array) => void;

  /** `inlet`: by which the socket was made to be read; null: by its events. */
  constructor(socket: Socket, inlet: Inlet | null) {
    super();
    this.socket = socket;
    this.#take = (chunk) => {
      if (!this.pass(chunk)) socket.pause();
    };
    if (inlet === null) socket.on("data", (chunk: Buffer) => this.#take(viewOf(chunk)));
    else inlet.take = (chunk) => this.#take(chunk);
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
  }

  /** The upgrade is through: what comes is kept for `start`. In the turn in which `ws` has called it open. */
  upgraded(): void {
    this.#upgrading = false;
    this.#take = (chunk) => void this.#early.push(chunk.slice());
  }

  /** What has come, and all that comes, goes to `take`, valid during the call only; never from inside this call. */
  start(take: (chunk: Uint8Array) => void): void {
    queueMicrotask(() => {
      this.#take = take;
      for (const chunk of this.#early.splice(0)) take(chunk);
    });
  }

  /** Gives bytes to `ws`, which handles them before this returns. False: it has enough for now. */
  pass(bytes: Uint8Array): boolean {
    return this.push(Buffer.from(bytes));
  }

  /** What the upgrade's reader had of the bytes behind it. */
  override unshift(bytes: Buffer): void {
    this.#early.push(viewOf(bytes));
  }

  /** After the upgrade it is its owner who holds the socket up, and lets it go on. */
  override _read(): void {
    if (this.#upgrading) this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.write(chunk, done);
  }

  /** A frame may be written in two pieces: nothing gets between them. */
  override _writev(
    pieces: ReadonlyArray<{ readonly chunk: Buffer }>,
    done: (error?: Error | null) => void,
  ): void {
    this._write(Buffer.concat(pieces.map(({ chunk }) => chunk)), "binary", done);
  }

  override _final(done: () => void): void {
    this.socket.end(done);
  }

  /** It has closed when the handle is gone. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.socket.closed) done(error);
    else this.socket.once("close", () => done(error)).destroy();
  }
}

/** A Buffer's slice() shares memory where a Uint8Array's copies. */
export const viewOf = (bytes: Buffer): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
