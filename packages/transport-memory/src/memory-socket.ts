import type { RawSocket, SocketHandlers } from "@chordnet/transport";

export interface Host {
  readonly name: string;
  alive: boolean;
}

/** What the network decides for all its sockets. */
export interface Wire {
  delayMs(): number;
  connected(one: string, other: string): boolean;
  gone(socket: MemorySocket): void;
}

/** Bytes on their way, or the end behind them. */
interface Parcel {
  readonly bytes: Uint8Array | null;
  readonly dueAt: number;
}

/** One end of a byte stream between two hosts of a network. */
export class MemorySocket implements RawSocket {
  readonly host: Host;
  readonly remoteHost: null = null;
  readonly #remoteName: string;
  readonly #wire: Wire;
  #other: MemorySocket | null = null;
  #handlers: SocketHandlers | null = null;
  /** What the other side wrote and this one has not read. */
  #inbox: Parcel[] = [];
  #inboxBytes = 0;
  #paused = false;
  #waking = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #blocked = false;
  #ended = false;
  #closed = false;
  #announced = false;

  constructor(host: Host, remote: Host, wire: Wire) {
    this.host = host;
    this.#remoteName = remote.name;
    this.#wire = wire;
  }

  static pair(one: Host, other: Host, wire: Wire): readonly [MemorySocket, MemorySocket] {
    const ours = new MemorySocket(one, other, wire);
    const theirs = new MemorySocket(other, one, wire);
    ours.#other = theirs;
    theirs.#other = ours;
    return [ours, theirs];
  }

  get remote(): string {
    return `memory host ${this.#remoteName}`;
  }

  attach(handlers: SocketHandlers): void {
    this.#handlers = handlers;
    if (this.#closed) this.#announceClosed();
    else this.wake();
  }

  write(chunks: ReadonlyArray<Uint8Array>): boolean {
    const other = this.#other;
    if (other === null || other.#closed || this.#closed || this.#ended) return true;
    for (const chunk of chunks) other.#receive(chunk.slice());
    if (other.#inboxBytes > inboxBytesMax) this.#blocked = true;
    return !this.#blocked;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.wake();
  }

  end(): void {
    if (this.#ended || this.#closed) return;
    this.#ended = true;
    const other = this.#other;
    if (other !== null) other.#receive(null);
  }

  destroy(): void {
    if (this.#closed) return;
    this.end();
    this.#close();
  }

  /** Reads what is due, at the end of the present task. */
  wake(): void {
    if (this.#waking || this.#closed) return;
    this.#waking = true;
    queueMicrotask(() => {
      this.#waking = false;
      this.#read();
    });
  }

  #receive(bytes: Uint8Array | null): void {
    if (this.#closed) return;
    const delayMs = this.#wire.delayMs();
    this.#inbox.push({ bytes, dueAt: delayMs === 0 ? 0 : performance.now() + delayMs });
    this.#inboxBytes += bytes?.length ?? 0;
    this.wake();
  }

  #read(): void {
    const handlers = this.#handlers;
    if (handlers === null || !this.#wire.connected(this.host.name, this.#remoteName)) return;
    const inbox = this.#inbox;
    this.#inbox = [];
    let at = 0;
    for (; at < inbox.length && !this.#closed && !this.#paused; at += 1) {
      const parcel = inbox[at] as Parcel;
      if (!this.#isDue(parcel)) break;
      this.#inboxBytes -= parcel.bytes?.length ?? 0;
      if (parcel.bytes !== null) handlers.onChunk(parcel.bytes);
      else {
        this.end();
        this.#close();
      }
    }
    this.#inbox = at === inbox.length ? this.#inbox : [...inbox.slice(at), ...this.#inbox];
    const other = this.#other;
    if (this.#inboxBytes === 0 && other !== null) other.#drained();
  }

  #isDue(parcel: Parcel): boolean {
    const remainingMs = parcel.dueAt === 0 ? 0 : parcel.dueAt - performance.now();
    if (remainingMs <= 0) return true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.wake(), Math.ceil(remainingMs));
    return false;
  }

  #drained(): void {
    if (!this.#blocked || this.#closed) return;
    this.#blocked = false;
    this.#handlers?.onDrained();
  }

  #close(): void {
    this.#closed = true;
    this.#inbox = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#wire.gone(this);
    this.#announceClosed();
  }

  #announceClosed(): void {
    queueMicrotask(() => {
      if (this.#announced || this.#handlers === null) return;
      this.#announced = true;
      this.#handlers.onClosed();
    });
  }
}

/** As a system's socket buffers: whoever writes more has to wait. */
const inboxBytesMax = 262_144;
