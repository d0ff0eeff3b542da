import { randomFillSync } from "node:crypto";
import type { RawSocket, SocketHandlers } from "@chordnet/transport";
import { Attachment, type Judge, remoteOf } from "@chordnet/transport/node";
import { type RawData, WebSocket } from "ws";
import { messagesOf } from "./address.js";
import { type Carrier, viewOf } from "./carrier.js";
import { MessageReader, MessageWriter, type Role } from "./messages.js";

/**
 * An open connection of the package `ws` as a driver's socket. `ws` made the upgrade, answers pings, and closes; the
 * messages themselves are read from and written to the connection below ([ADR
 * 20](../../../docs/adr/0020-messages-of-a-websocket-pass-by-its-library.md)).
 */
export class WsSocket implements RawSocket {
  readonly remote: string;
  readonly remoteHost: string | null;
  readonly judge: Judge;
  readonly #socket: WebSocket;
  readonly #carrier: Carrier;
  readonly #role: Role;
  readonly #writer: MessageWriter;
  readonly #attachment: Attachment;

  /** `role`: ours. In the turn in which the upgrade is through. */
  constructor(socket: WebSocket, carrier: Carrier, role: Role, judge: Judge) {
    this.#socket = socket;
    this.#carrier = carrier;
    this.#role = role;
    this.#writer = new MessageWriter(role, randomMask);
    this.judge = judge;
    this.remote = remoteOf(carrier.socket);
    this.remoteHost = carrier.socket.remoteAddress ?? null;
    this.#attachment = new Attachment(carrier.socket);
    carrier.upgraded();
    socket.on("error", () => undefined);
    socket.on("close", () => this.#attachment.closed());
  }

  attach(handlers: SocketHandlers): void {
    this.#attachment.attach(handlers);
    const reader = new MessageReader(
      this.#role === "client" ? "server" : "client",
      (message) => handlers.onChunk(message),
      (bytes) => this.#carrier.pass(bytes),
    );
    this.#carrier.start((chunk) => reader.push(chunk));
    this.#socket.on("message", (data, isBinary) => {
      const chunk = isBinary ? bytesOf(data) : null;
      if (chunk === null) this.#socket.close(unsupportedData);
      else handlers.onChunk(chunk);
    });
    // They are answered, and so cost more than a message of nothing: they count as that, at the least.
    this.#socket.on("ping", () => handlers.onChunk(nothing));
    this.#socket.on("pong", () => handlers.onChunk(nothing));
  }

  /** Copies them into frames, written in one go. */
  write(chunks: ReadonlyArray<Uint8Array>): boolean {
    if (this.#socket.readyState !== WebSocket.OPEN) return true;
    const messages = messagesOf(chunks);
    let bytes = 0;
    for (const { length } of messages) bytes += this.#writer.frameBytes(length);
    const frames = Buffer.allocUnsafe(bytes);
    let used = 0;
    for (const message of messages) used = this.#writer.write(message, frames, used);
    this.#carrier.socket.write(frames);
    return this.#attachment.taken();
  }

  pause(): void {
    this.#carrier.socket.pause();
  }

  resume(): void {
    this.#carrier.socket.resume();
  }

  end(): void {
    this.#socket.close();
  }

  destroy(): void {
    this.#socket.terminate();
  }
}

const nothing = new Uint8Array(0);

/** Asked for many at once: the platform takes long for few. */
const masks = new Uint8Array(4_096);
let masksUsed = masks.length;

const randomMask = (target: Uint8Array, at: number): void => {
  if (masksUsed === masks.length) {
    randomFillSync(masks);
    masksUsed = 0;
  }
  for (let i = 0; i < 4; i += 1, masksUsed += 1) target[at + i] = masks[masksUsed] as number;
};

/** The close code for a message of a kind that is not spoken here: ours are binary. */
const unsupportedData = 1003;

const bytesOf = (data: RawData): Uint8Array | null => (Buffer.isBuffer(data) ? viewOf(data) : null);
