import type { Driver, RawSocket } from "../driver.js";
import { encodeFrame, FrameReader, Kind } from "../link/framing.js";
import { decodeGreeting, decodeRefusal, encodeGreeting, type Greeting } from "../link/hello.js";
import type { Refusal } from "../transport.js";

/** The other end of a connection, spoken by hand: well or badly. */
export class RawPeer {
  readonly #socket: RawSocket;
  readonly #frames: Array<{ readonly kind: number; readonly payload: Uint8Array }> = [];
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor(socket: RawSocket) {
    this.#socket = socket;
    const reader = new FrameReader(2 ** 31, (kind, payload) =>
      this.#frames.push({ kind, payload: payload.slice() }),
    );
    socket.attach({
      onChunk: (chunk) => {
        reader.push(chunk);
        this.#wake();
      },
      onDrained: () => undefined,
      onClosed: () => {
        this.#closed = true;
        this.#wake();
      },
    });
  }

  static async dial(driver: Driver, address: string): Promise<RawPeer> {
    const dialled = await driver.dial(address, { timeoutMs: 5_000, signal: new AbortController().signal });
    if (dialled._tag === "Left") throw new Error(dialled.left.detail);
    return new RawPeer(dialled.right);
  }

  write(bytes: Uint8Array): void {
    this.#socket.write([bytes]);
  }

  frame(kind: number, payload: Uint8Array = new Uint8Array(0)): void {
    this.write(encodeFrame(kind, payload));
  }

  hello(greeting: Partial<Greeting> = {}): void {
    this.frame(Kind.hello, helloBytes(greeting));
  }

  /** The first frame of this kind. */
  async receives(kind: number): Promise<Uint8Array> {
    let found: Uint8Array | undefined;
    await this.#until(() => {
      found = this.#frames.find((frame) => frame.kind === kind)?.payload;
      return found !== undefined || this.#closed;
    });
    if (found === undefined) throw new Error(`closed without a frame of kind ${kind}`);
    return found;
  }

  /** What the other side's hello gave us, to be shown to it. */
  async given(): Promise<Uint8Array> {
    const greeting = decodeGreeting(await this.receives(Kind.hello));
    if (greeting._tag === "Left") throw new Error(`a hello that can't be read: ${greeting.left._tag}`);
    return greeting.right.gives;
  }

  async refused(): Promise<Refusal> {
    return decodeRefusal(await this.receives(Kind.refusal));
  }

  /** How many frames of this kind came so far. */
  count(kind: number): number {
    return this.#frames.filter((frame) => frame.kind === kind).length;
  }

  ends(): Promise<void> {
    return this.#until(() => this.#closed);
  }

  pause(): void {
    this.#socket.pause();
  }

  /** Without goodbye. */
  async close(): Promise<void> {
    this.#socket.destroy();
    await this.ends();
  }

  #until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}

export const helloBytes = (greeting: Partial<Greeting>): Uint8Array => {
  const whole: Greeting = {
    versions: [1, 1],
    address: null,
    incarnation: 1,
    payload: new Uint8Array(0),
    probe: false,
    gives: new Uint8Array(0),
    shows: new Uint8Array(0),
    ...greeting,
  };
  const encoded = encodeGreeting(whole);
  if (encoded._tag === "Left") throw new Error(`${encoded.left} bytes too many`);
  return encoded.right;
};
