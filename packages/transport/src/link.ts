import type { Either } from "fp-ts/lib/Either.js";
import type { Dial } from "./dialler.js";
import type { RawSocket, Refused, SocketHandlers } from "./driver.js";
import { FrameMemory } from "./frame-memory.js";
import { encodeFrame, type FrameFault, FrameReader, Kind } from "./framing.js";
import { decodeGreeting, decodeRefusal, encodeRefusal, type Greeting } from "./hello.js";
import { helloBytesMax, type LinkLimits } from "./limits.js";
import { type ByeReason, byeReasons, type LinkEnd } from "./link-end.js";
import type { Chunk, ChunkPool } from "./outbox.js";
import { Pace } from "./pace.js";
import type { Peer } from "./peer.js";
import type { DisconnectReason, Refusal } from "./transport.js";

/** What a link reports, and asks for. */
export interface LinkOwner {
  readonly limits: LinkLimits;
  readonly pool: ChunkPool;
  /** Our hello's payload, or why there is none. */
  greeting(dial: Dial | null): Either<Refusal, Uint8Array>;
  /** Who dialled us says who it is: may it, by what it proved before? It is told nothing of us unless it may. */
  judgeStranger(socket: RawSocket, greeting: Greeting): Refusal | null;
  onGreeting(link: Link, greeting: Greeting): void;
  /** The remote shows what it was given at the address that it claims. */
  onTicket(link: Link, ticket: Uint8Array): void;
  onOpen(link: Link): void;
  onFrame(link: Link, frame: Uint8Array): void;
  /** Around the frames that came together. */
  onChunk(link: Link): void;
  onChunkRead(link: Link): void;
  /** It is not read for a moment, as it sends too fast. */
  onHeldBack(link: Link): void;
  onWritable(link: Link): void;
  /** Once, when nothing more will be delivered. */
  onEnd(link: Link, end: LinkEnd): void;
  /** Once, last of all, when the handle is gone. */
  onGone(link: Link): void;
}

/** What is no node does so, and a node that is dialled by another scheme than it listens on. */
const unheard = "it hung up without a hello: look whether a node listens there, on this scheme";

/**
 * One connection: both sides say hello, each accepts the other's hello or refuses it, then data flows, then both say
 * goodbye. Nobody sends data before it is accepted, so a refusal never loses a frame.
 */
export class Link implements SocketHandlers {
  readonly socket: RawSocket;
  /** `null`: the remote dialled us. */
  readonly dial: Dial | null;
  phase: "handshake" | "open" | "leaving" | "ended" = "handshake";
  greeting: Greeting | null = null;
  /** Set by the owner once the remote is verified. */
  peer: Peer | null = null;
  /** Whether the socket takes no bytes, and for how long. */
  blocked = false;
  blockedMs = 0;
  /** Whether the last bytes were taken at once. Over TLS they never are: what follows waits until they are sent. */
  takesAtOnce = false;
  /** Whether there was traffic since the owner last looked, and for how long there was none. */
  active = true;
  quietMs = 0;
  /** For how long nothing has come, and for how long it has been open. */
  deafMs = 0;
  openMs = 0;
  framesIn = 0;
  framesOut = 0;
  bytesIn = 0;
  bytesOut = 0;
  writes = 0;
  readonly #owner: LinkOwner;
  readonly #reader: FrameReader;
  readonly #sent = new FrameMemory();
  readonly #received = new FrameMemory();
  #inFlight: ReadonlyArray<Chunk> = [];
  #accepted = false;
  #accepting = false;
  #paused = false;
  #leaving: ByeReason = "closed";
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #pace = new Pace(performance.now());
  /** Until then nothing is read: too much came. */
  #held: ReturnType<typeof setTimeout> | null = null;

  constructor(socket: RawSocket, owner: LinkOwner, dial: Dial | null) {
    this.socket = socket;
    this.dial = dial;
    this.#owner = owner;
    this.#reader = new FrameReader(helloBytesMax, (kind, payload) => this.#onFrame(kind, payload));
  }

  start(): void {
    this.socket.attach(this);
    this.#arm(this.#owner.limits.helloTimeoutMs, () => this.#late("hello"));
    if (this.dial === null) return;
    const refusal = this.socket.judge?.(this.dial.target) ?? null;
    if (refusal === null) this.#greet();
    else this.refuse(refusal);
  }

  /** Shows whom we dialled the ticket that it gave us at our address. */
  show(ticket: Uint8Array): void {
    if (this.phase === "handshake") this.#control(Kind.ticket, ticket);
  }

  /** The remote's hello is accepted. */
  accept(): void {
    if (this.phase !== "handshake") return;
    this.#accepting = true;
    this.#control(Kind.accept, noPayload);
    this.#openIfAgreed();
  }

  refuse(refusal: Refusal, reason: DisconnectReason = "rejected"): void {
    if (this.phase === "ended") return;
    this.#control(Kind.refusal, encodeRefusal(refusal));
    this.#finish({ reason, detail: refusal.code, refused: { by: "us", refusal } });
  }

  /** The remote's writes stop draining, until `resumeReading`. */
  pauseReading(): void {
    if (this.#paused || this.phase !== "open") return;
    this.#paused = true;
    this.socket.pause();
  }

  resumeReading(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#held === null) this.socket.resume();
  }

  #keepPace(frames: number, bytes: number): void {
    if (this.phase !== "open") return;
    const { framesPerSecondMax, clientFramesPerSecondMax, bytesPerSecondMax } = this.#owner.limits;
    const perSecond = this.greeting?.address === null ? clientFramesPerSecondMax : framesPerSecondMax;
    const rates = { frames: perSecond, bytes: bytesPerSecondMax };
    const restMs = this.#pace.spend(frames, bytes, rates, performance.now());
    if (restMs === 0) return;
    if (this.#held === null) {
      this.socket.pause();
      this.#owner.onHeldBack(this);
    } else {
      // What had been read already still comes, and counts.
      clearTimeout(this.#held);
    }
    this.#held = setTimeout(() => this.#readOn(), restMs);
  }

  #readOn(): void {
    if (this.#held !== null) clearTimeout(this.#held);
    this.#held = null;
    if (!this.#paused) this.socket.resume();
  }

  /** Sends nothing more, but delivers what the remote still sends until it has said goodbye, too. */
  leave(reason: ByeReason): void {
    if (this.phase === "ended" || this.phase === "leaving") return;
    this.phase = "leaving";
    this.#leaving = reason;
    this.resumeReading();
    this.#control(Kind.bye, Uint8Array.of(byeReasons.indexOf(reason)));
    this.#arm(this.#owner.limits.drainTimeoutMs, () => this.socket.destroy());
  }

  /** Ends at once. */
  cut(reason: DisconnectReason, detail: string): void {
    this.#end({ reason, detail });
    this.socket.destroy();
  }

  write(batch: ReadonlyArray<Chunk>): void {
    const views: Uint8Array[] = [];
    for (const chunk of batch) {
      chunk.used = this.#sent.shorten(chunk.bytes, chunk.used);
      views.push(chunk.bytes.subarray(0, chunk.used));
      this.framesOut += chunk.frames;
    }
    this.active = true;
    if (this.#send(views)) this.#owner.pool.give(batch);
    else this.#inFlight = batch;
  }

  onChunk(chunk: Uint8Array): void {
    const framesBefore = this.framesIn;
    this.bytesIn += chunk.length;
    this.deafMs = 0;
    const fault = this.#read(chunk);
    if (fault === null) {
      // A piece that ends no frame had to be read all the same: empty messages and single bytes come by the thousand.
      this.#keepPace(Math.max(1, this.framesIn - framesBefore), chunk.length);
      return;
    }
    const detail = `a frame of ${fault.frameBytes} bytes where ${fault.limitBytes} are allowed`;
    // Who does not speak the protocol at all has no frame lengths either.
    this.refuse({ code: this.greeting === null ? "bad-hello" : "oversized", detail }, "protocol");
  }

  #read(chunk: Uint8Array): FrameFault | null {
    this.#owner.onChunk(this);
    try {
      return this.#reader.push(chunk);
    } finally {
      this.#owner.onChunkRead(this);
    }
  }

  onDrained(): void {
    this.blocked = false;
    this.blockedMs = 0;
    this.#owner.pool.give(this.#inFlight);
    this.#inFlight = [];
    if (this.phase === "open") this.#owner.onWritable(this);
  }

  onClosed(refused?: Refused): void {
    if (this.phase === "leaving") this.#end({ reason: this.#leaving, detail: "" });
    else if (refused !== undefined) this.#end({ reason: "rejected", detail: refused.refusal.code, refused });
    else if (this.greeting === null && this.dial === null && this.bytesIn > 0) {
      const refusal: Refusal = { code: "bad-hello", detail: "ended before its hello was whole" };
      this.#end({ reason: "protocol", detail: refusal.code, refused: { by: "us", refusal } });
    } else this.#end({ reason: "reset", detail: this.greeting === null ? unheard : "" });
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#owner.onGone(this);
  }

  #onFrame(kind: number, payload: Uint8Array): void {
    const talking = (this.phase === "open" || this.phase === "leaving") && this.#accepting;
    if (kind === Kind.data && talking) this.#onData(payload);
    else if (kind === Kind.change && talking) this.#onChange(payload);
    else if (kind === Kind.hello && this.greeting === null && this.phase === "handshake")
      this.#onHello(payload);
    else if (this.greeting === null && kind !== Kind.refusal) this.#breach("a hello must come first");
    else if (kind === Kind.accept && !this.#accepted) this.#onAccept();
    else if (kind === Kind.ticket && this.dial === null) this.#owner.onTicket(this, payload);
    else if (kind === Kind.refusal) this.#onRefusal(decodeRefusal(payload));
    else if (kind === Kind.bye) this.#onBye(byeReasons[payload[0] ?? 0] ?? "closed");
    else if (kind < kindsReserved) this.#breach(`a frame of kind ${kind} out of turn`);
  }

  #onData(frame: Uint8Array): void {
    this.#received.remember(frame);
    this.#deliver(frame);
  }

  #onChange(change: Uint8Array): void {
    const frame = this.#received.restore(change);
    if (frame === null) this.#breach("a change of what was never sent");
    else this.#deliver(frame);
  }

  #deliver(frame: Uint8Array): void {
    this.framesIn += 1;
    this.active = true;
    this.#owner.onFrame(this, frame);
  }

  #onHello(payload: Uint8Array): void {
    const decoded = decodeGreeting(payload);
    if (decoded._tag === "Left") {
      const error = decoded.left;
      const detail = error._tag === "OutOfRange" ? `${error.field} out of range` : error._tag;
      this.refuse({ code: "bad-hello", detail }, "protocol");
      return;
    }
    if (this.dial !== null && decoded.right.probe) {
      // Whoever says back what it is told would be taken for ourselves.
      this.refuse({ code: "bad-hello", detail: "the answer to a hello is no probe" }, "protocol");
      return;
    }
    if (this.dial === null) {
      const refusal = this.#owner.judgeStranger(this.socket, decoded.right);
      if (refusal !== null) {
        this.refuse(refusal);
        return;
      }
    }
    this.greeting = decoded.right;
    // The remote may have to dial us before it accepts, and wait for our hello then.
    const { dialTimeoutMs, helloTimeoutMs } = this.#owner.limits;
    this.#arm(2 * (dialTimeoutMs + helloTimeoutMs), () => this.#late("accept"));
    if (this.dial === null) this.#greet();
    if (this.phase === "handshake") this.#owner.onGreeting(this, decoded.right);
  }

  #onAccept(): void {
    this.#accepted = true;
    this.#openIfAgreed();
  }

  #onRefusal(refusal: Refusal): void {
    this.#finish({ reason: "rejected", detail: refusal.code, refused: { by: "them", refusal } });
  }

  #onBye(reason: ByeReason): void {
    if (this.phase === "open") this.#control(Kind.bye, Uint8Array.of(byeReasons.indexOf(reason)));
    this.#finish({ reason: this.phase === "leaving" ? this.#leaving : reason, detail: "" });
  }

  #breach(detail: string): void {
    this.refuse({ code: this.greeting === null ? "bad-hello" : "protocol", detail }, "protocol");
  }

  #late(awaited: "hello" | "accept"): void {
    this.refuse({ code: `${awaited}-timeout`, detail: `no ${awaited} in time` }, "timeout");
  }

  #greet(): void {
    const payload = this.#owner.greeting(this.dial);
    if (payload._tag === "Left") this.refuse(payload.left);
    else this.#control(Kind.hello, payload.right);
  }

  #openIfAgreed(): void {
    if (!this.#accepted || !this.#accepting || this.phase !== "handshake") return;
    this.phase = "open";
    this.#reader.limitBytes = this.#owner.limits.frameBytesMax;
    this.#disarm();
    this.#owner.onOpen(this);
  }

  #control(kind: number, payload: Uint8Array): void {
    this.#send([encodeFrame(kind, payload)]);
  }

  #send(chunks: ReadonlyArray<Uint8Array>): boolean {
    this.writes += 1;
    for (const chunk of chunks) this.bytesOut += chunk.length;
    const taken = this.socket.write(chunks);
    this.takesAtOnce = taken;
    if (!taken) this.blocked = true;
    return taken;
  }

  /** Lets what was written reach the remote, and the remote close: resetting at once would lose it. */
  #finish(end: LinkEnd): void {
    this.#end(end);
    this.socket.end();
    this.#arm(lingerMs, () => this.socket.destroy());
  }

  #end(end: LinkEnd): void {
    if (this.phase === "ended") return;
    this.phase = "ended";
    this.#reader.stop();
    this.#paused = false;
    this.#readOn();
    this.#disarm();
    this.#owner.onEnd(this, end);
  }

  #arm(delayMs: number, run: () => void): void {
    this.#disarm();
    this.#timer = setTimeout(run, delayMs);
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

const noPayload = new Uint8Array(0);

/** Kinds from here on are skipped by who does not know them. */
const kindsReserved = 128;

/** How long an ended connection may take to close. */
const lingerMs = 1_000;
