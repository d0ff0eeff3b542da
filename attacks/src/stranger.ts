import { connect } from "node:net";
import { WebSocket } from "ws";

/**
 * The other end of a connection, spoken byte by byte as `docs/PROTOCOL.md` has it: nothing of the implementation is
 * used, so that nothing keeps it from misbehaving.
 */
export interface Stranger {
  write(bytes: Uint8Array): void;
  /** The payload of the first frame of a kind; null: it ended without. */
  frame(kind: number): Promise<Uint8Array | null>;
  readonly ended: Promise<void>;
  isOpen(): boolean;
  close(): void;
}

export const kinds = { hello: 1, accept: 2, refusal: 3, data: 4, bye: 5, ticket: 7 } as const;

/** Dials `tcp://` or `ws://`. Rejects where nobody listens. */
export const dial = (address: string): Promise<Stranger> =>
  address.startsWith("ws:") ? dialWeb(address) : dialNet(address);

export const frame = (kind: number, payload: Uint8Array): Uint8Array => {
  const bytes = Buffer.alloc(5 + payload.length);
  bytes.writeUInt32BE(payload.length);
  bytes[4] = kind;
  bytes.set(payload, 5);
  return bytes;
};

interface HelloParts {
  readonly probe?: boolean;
  readonly incarnation?: number;
  readonly version?: number;
}

/** A hello: of a client, or of who claims an address. */
export const hello = (
  address: string | null = null,
  { probe = false, incarnation = 1, version = 1 }: HelloParts = {},
): Uint8Array => {
  const url = Buffer.from(address ?? "");
  const bytes = Buffer.alloc(19);
  bytes.write("CHRD", "latin1");
  bytes.writeUInt16BE(version, 4);
  bytes.writeUInt16BE(version, 6);
  bytes[8] = probe ? 1 : 0;
  bytes.writeBigUInt64BE(BigInt(incarnation), 9);
  bytes.writeUInt16BE(url.length, 17);
  const ringHello = Uint8Array.of(0, 4, 1, 0, 0, 1);
  const noTickets = Uint8Array.of(0, 0);
  return frame(kinds.hello, Buffer.concat([bytes, url, ringHello, noTickets]));
};

/** The code of a refusal. */
export const refusalCode = (payload: Uint8Array | null): string =>
  payload === null ? "none" : Buffer.from(payload.subarray(1, 1 + (payload[0] ?? 0))).toString();

/** Says hello as a client, and is accepted. */
export const client = async (address: string): Promise<Stranger> => {
  const stranger = await dial(address);
  stranger.write(hello());
  stranger.write(frame(kinds.accept, none));
  await stranger.frame(kinds.accept);
  return stranger;
};

const none: Uint8Array = new Uint8Array(0);

const dialNet = (address: string): Promise<Stranger> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(address.replace(/^tcp:/, "http:"));
    const socket = connect({ host: hostname, port: Number(port) });
    const heard = new Heard();
    socket.on("data", (chunk) => heard.push(chunk));
    socket.on("close", () => heard.end());
    socket.on("error", reject);
    socket.on("connect", () =>
      resolve({
        write: (bytes) => void (socket.writable && socket.write(bytes)),
        frame: (kind) => heard.frame(kind),
        ended: heard.ended,
        isOpen: () => !socket.destroyed,
        close: () => socket.destroy(),
      }),
    );
  });

const dialWeb = (address: string): Promise<Stranger> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(address);
    const heard = new Heard();
    socket.on("message", (data: Buffer) => heard.push(data));
    socket.on("close", () => heard.end());
    socket.on("error", reject);
    socket.on("open", () =>
      resolve({
        write: (bytes) => void (socket.readyState === WebSocket.OPEN && socket.send(bytes)),
        frame: (kind) => heard.frame(kind),
        ended: heard.ended,
        isOpen: () => socket.readyState === WebSocket.OPEN,
        close: () => socket.terminate(),
      }),
    );
  });

/** What came so far, cut into frames. */
class Heard {
  readonly ended: Promise<void>;
  readonly #frames = new Map<number, Uint8Array>();
  #bytes: Buffer = Buffer.alloc(0);
  #over = false;
  #wake = new Set<() => void>();
  #end: () => void = () => undefined;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  push(chunk: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= 5 && this.#bytes.length >= 5 + this.#bytes.readUInt32BE()) {
      const end = 5 + this.#bytes.readUInt32BE();
      const kind = this.#bytes[4] ?? 0;
      if (!this.#frames.has(kind)) this.#frames.set(kind, Uint8Array.from(this.#bytes.subarray(5, end)));
      this.#bytes = this.#bytes.subarray(end);
    }
    for (const wake of this.#wake) wake();
  }

  end(): void {
    this.#over = true;
    this.#end();
    for (const wake of this.#wake) wake();
  }

  frame(kind: number): Promise<Uint8Array | null> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.#frames.get(kind);
        if (found === undefined && !this.#over) return;
        this.#wake.delete(look);
        resolve(found ?? null);
      };
      this.#wake.add(look);
      look();
    });
  }
}
