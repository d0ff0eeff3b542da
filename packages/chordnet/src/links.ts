import type {
  Address,
  Addressed,
  Codec,
  Config,
  DecodeError,
  Message,
  RequestId,
  SendFailure,
} from "@chordnet/core";
import { processAddress, virtualAddress, virtualIndex, wireVersions } from "@chordnet/core";
import type {
  ConnectionInfo,
  Endpoint,
  FailureReason,
  Hello,
  Lane,
  LinkFailure,
  LinkLimits,
  OpenOptions,
  Refusal,
  Transport,
  TransportEvent,
} from "@chordnet/transport";
import { isClientName } from "@chordnet/transport";
import type { Either } from "fp-ts/lib/Either.js";
import type { Counters } from "./counters.js";
import type { ExchangeFailure } from "./exchange/exchanges.js";
import type { ExchangeMessage } from "./exchange/message.js";
import type { FrameMessage } from "./exchange/wire.js";
import { frameCodec, isOfExchange } from "./exchange/wire.js";
import { openFailure } from "./open-failure.js";
import type { Clock, Logger } from "./ports.js";
import { RareWarning } from "./rare-warning.js";

/** What the links tell the runtime; told to nobody before `speak`. */
export interface LinksObserver {
  /** The frame that answers the one of this process at once, valid until the next; null: it is to be decoded. */
  answer(from: Address, frame: Uint8Array): Uint8Array | null;
  received(node: number, from: Address, incarnation: number, client: boolean, message: Message): void;
  sendFailed(node: number, to: Address, message: Message, reason: SendFailure): void;
  disconnected(process: Address): void;
  readonly exchange: ExchangeObserver;
  rejected(event: Extract<TransportEvent, { readonly _tag: "Rejected" }>): void;
}

/** What they tell of exchanges, which are of processes and not of virtual nodes. */
export interface ExchangeObserver {
  received(from: Address, client: boolean, message: ExchangeMessage): void;
  sendFailed(to: Address, message: ExchangeMessage, reason: ExchangeFailure): void;
  unsupported(from: Address, rid: RequestId): void;
  disconnected(peer: Address, reason: string): void;
  /** There is more room in the queues. */
  drained(): void;
}

export interface LinksOptions {
  readonly incarnation: number;
  readonly limits: Partial<LinkLimits>;
  readonly describe: () => Uint8Array;
  readonly judge: (hello: Hello) => Refusal | null;
  readonly observer: LinksObserver;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
}

/**
 * A process's endpoints, and the bytes on them: messages in, messages out. The first endpoint is the one that nodes
 * talk over; the others are for clients, whose names are told apart by the endpoint's number behind them.
 */
export class Links {
  readonly #options: LinksOptions;
  readonly #endpoints: Endpoint[] = [];
  readonly #main: Endpoint;
  readonly #seldom: RareWarning;
  readonly #refusals = new Map<string, Refusal>();
  /** To take addresses apart costs as much as to write the message. */
  readonly #ways = new Map<Address, Way>();
  #codec: Codec<FrameMessage> | null = null;

  /** Opens all endpoints, or none. Rejects with a `ChordNetError`. */
  static async open(transports: readonly [Transport, ...Transport[]], options: LinksOptions): Promise<Links> {
    const opened: Endpoint[] = [];
    const hold: { links: Links | null } = { links: null };
    try {
      for (const [index, transport] of transports.entries()) {
        opened.push(await transport.open(openOptions(index, options, hold)));
      }
    } catch (error) {
      await Promise.all(opened.map((endpoint) => endpoint.close()));
      throw openFailure(error);
    }
    const [main, ...others] = opened as [Endpoint, ...Endpoint[]];
    const links = new Links(main, others, options);
    hold.links = links;
    return links;
  }

  private constructor(main: Endpoint, others: ReadonlyArray<Endpoint>, options: LinksOptions) {
    this.#main = main;
    this.#endpoints.push(main, ...others);
    this.#options = options;
    this.#seldom = new RareWarning(options.logger);
  }

  /** The advertised URL; null: dials only. */
  get address(): Address | null {
    return this.#main.address;
  }

  /** The place of a transport that only dials, and so can't serve anybody; null: all listen. */
  get mute(): number | null {
    const index = this.#endpoints.findIndex(({ address }) => address === null);
    return index < 0 ? null : index;
  }

  /** From now on frames are read and written as this ring has them. */
  speak(config: Config): void {
    this.#codec = frameCodec(config);
  }

  send(from: number, to: Address, message: Message): void {
    const way = this.#towards(to);
    const frame = this.#encode({ from, to: way.index, message });
    if (frame !== null) this.#put(way.endpoint, way.peer, frame, "ring");
  }

  /**
   * Part of an exchange with a process: ring messages overtake it. False, and nothing has been sent, where its queue
   * has no room for it.
   */
  exchange(to: Address, message: ExchangeMessage): boolean {
    const way = this.#towards(processAddress(to));
    const frame = this.#encode({ from: 0, to: 0, message });
    if (frame === null) return true;
    if (!way.endpoint.hasRoom(way.peer, frame.length, "bulk")) return false;
    this.#put(way.endpoint, way.peer, frame, "bulk");
    return true;
  }

  /** Why the connection to a process was refused, where that is why the last send to it failed. */
  refusal(process: Address): Refusal | null {
    return this.#refusals.get(process) ?? null;
  }

  /** The process is silent: the next message to it is to go by a new connection. */
  renew(process: Address): void {
    this.#main.renew(process);
  }

  greet(address: Address): Promise<Either<LinkFailure, Hello>> {
    return this.#main.greet(processAddress(address));
  }

  connections(): ReadonlyArray<ConnectionInfo> {
    return this.#endpoints.flatMap((endpoint) => endpoint.connections());
  }

  async close(): Promise<void> {
    await Promise.all(this.#endpoints.map((endpoint) => endpoint.close()));
  }

  take(index: number, event: TransportEvent): void {
    const { observer, logger, counters } = this.#options;
    switch (event._tag) {
      case "Connected":
        counters.connected += 1;
        logger.debug("connected", { peer: event.peer });
        this.#refusals.delete(event.peer);
        return;
      case "Frame":
        this.#receive(index, event);
        return;
      case "Disconnected":
        counters.disconnected += 1;
        logger.debug("disconnected", { peer: event.peer, reason: event.reason });
        if (event.reason !== "idle" && !isClientName(event.peer)) observer.disconnected(event.peer);
        observer.exchange.disconnected(
          isClientName(event.peer) ? named(event.peer, index) : event.peer,
          event.reason,
        );
        return;
      case "SendFailed":
        this.#giveBack(index, event);
        return;
      case "Drained":
        observer.exchange.drained();
        return;
      case "HeldBack":
        this.#seldom.tell("a peer sends faster than it is read", "held back", this.#options.clock.now(), {
          peer: event.peer,
        });
        return;
      case "Rejected":
        if (event.by === "us") counters.rejectedByUs += 1;
        else counters.rejectedByThem += 1;
        this.#tellRejected(event);
        observer.rejected(event);
        return;
    }
  }

  /**
   * Anybody can be refused as often as they like, and make us dial who refuses us; codes of ours are few, theirs need
   * not be.
   */
  #tellRejected({ by, peer, remote, refusal }: Extract<TransportEvent, { readonly _tag: "Rejected" }>): void {
    const reason = by === "us" ? `us ${refusal.code}` : "them";
    const data = { peer, remote, ...refusal };
    this.#seldom.tell(`connection refused by ${by}`, reason, this.#options.clock.now(), data);
  }

  #put(endpoint: Endpoint, peer: string, frame: Uint8Array, lane: Lane): void {
    const { counters } = this.#options;
    counters.framesOut += 1;
    counters.bytesOut += frame.length;
    endpoint.send(peer, frame, lane);
  }

  #receive(index: number, event: Extract<TransportEvent, { readonly _tag: "Frame" }>): void {
    const { observer, clock, counters } = this.#options;
    counters.framesIn += 1;
    counters.bytesIn += event.frame.length;
    if (this.#codec === null) {
      counters.early += 1;
      return;
    }
    const answer = event.client ? null : observer.answer(event.peer, event.frame);
    if (answer !== null) {
      this.#put(this.#main, event.peer, answer, "ring");
      return;
    }
    const decoded = this.#codec.decode(event.frame);
    if (decoded._tag === "Left") {
      counters.undecodable += 1;
      if (decoded.left._tag === "UnknownKind") this.#declineUnknown(index, event, decoded.left);
      const error = decoded.left;
      this.#seldom.tell("undecodable frame", error._tag, clock.now(), { peer: event.peer, error });
      return;
    }
    const { from, to, message } = decoded.right;
    const sender = event.client ? named(event.peer, index) : virtualAddress(event.peer, from);
    if (isOfExchange(message)) {
      observer.exchange.received(processAddress(sender), event.client, message);
      return;
    }
    observer.received(to, sender, event.incarnation, event.client, message);
    if (message._tag === "Refused" && message.code === "unsupported") {
      observer.exchange.unsupported(processAddress(sender), message.rid);
    }
  }

  /** A request of a later version: its sender is told, instead of left to wait. */
  #declineUnknown(
    index: number,
    event: Extract<TransportEvent, { readonly _tag: "Frame" }>,
    error: Extract<DecodeError, { readonly _tag: "UnknownKind" }>,
  ): void {
    if (error.rid === null) return;
    const sender = event.client ? named(event.peer, index) : virtualAddress(event.peer, error.from);
    const detail = `kind ${error.kind} of message is not known here`;
    this.send(error.to, sender, { _tag: "Refused", rid: error.rid, code: "unsupported", detail });
  }

  #giveBack(index: number, event: Extract<TransportEvent, { readonly _tag: "SendFailed" }>): void {
    const { observer, counters } = this.#options;
    const refusal = event.refusal ?? event.cause?.refusal;
    this.#refusals.delete(event.peer);
    if (refusal !== undefined) this.#remember(event.peer, refusal);
    counters.sendFailed[event.reason] =
      (counters.sendFailed[event.reason] ?? 0) + event.frames.length + (event.dropped ?? 0);
    for (const frame of event.frames) {
      const envelope = this.#reread(frame);
      if (envelope === null) continue;
      const to = isClientName(event.peer)
        ? named(event.peer, index)
        : virtualAddress(event.peer, envelope.to);
      const { from, message } = envelope;
      if (isOfExchange(message)) observer.exchange.sendFailed(to, message, exchangeFailure(event));
      else observer.sendFailed(from, to, message, sendFailure(event));
    }
  }

  #remember(peer: string, refusal: Refusal): void {
    const [oldest] = this.#refusals.size < refusalsMax ? [] : this.#refusals.keys();
    if (oldest !== undefined) this.#refusals.delete(oldest);
    this.#refusals.set(peer, refusal);
  }

  /** What the wire has no room for is lost, as any message may be. */
  #encode(envelope: Addressed<FrameMessage>): Uint8Array | null {
    try {
      return this.#codec?.encode(envelope) ?? null;
    } catch (error) {
      this.#options.logger.error(`${envelope.message._tag} cannot be encoded`, error);
      return null;
    }
  }

  #reread(frame: Uint8Array): Addressed<FrameMessage> | null {
    const decoded = this.#codec?.decode(frame);
    return decoded?._tag === "Right" ? decoded.right : null;
  }

  #towards(address: Address): Way {
    const known = this.#ways.get(address);
    if (known !== undefined) return known;
    const way = this.#wayTo(address);
    if (this.#ways.size >= waysMax) this.#ways.clear();
    this.#ways.set(address, way);
    return way;
  }

  #wayTo(address: Address): Way {
    const process = processAddress(address);
    const index = virtualIndex(address) ?? 0;
    const mark = isClientName(process) ? process.lastIndexOf("@") : -1;
    if (mark < 0) return { endpoint: this.#main, peer: process, index };
    const endpoint = this.#endpoints[Number(process.slice(mark + 1))] ?? this.#main;
    return { endpoint, peer: process.slice(0, mark), index };
  }
}

function openOptions(
  index: number,
  options: LinksOptions,
  hold: { readonly links: Links | null },
): OpenOptions {
  return {
    incarnation: options.incarnation,
    versions: wireVersions,
    describe: options.describe,
    limits: options.limits,
    judge: index === 0 ? options.judge : (hello) => clientsOnly(hello) ?? options.judge(hello),
    onEvent: (event) => hold.links?.take(index, event),
  };
}

function clientsOnly(hello: Hello): Refusal | null {
  if (hello.address === null) return null;
  return { code: "clients-only", detail: "nodes talk to each other at this node's advertised address" };
}

/** Where an address leads: over which endpoint, to whom by its names, and to which virtual node there. */
interface Way {
  readonly endpoint: Endpoint;
  readonly peer: string;
  readonly index: number;
}

function named(client: string, index: number): string {
  return index === 0 ? client : `${client}@${index}`;
}

/** What a failure of the link proves: only a refusal proves death. */
function sendFailure(event: Extract<TransportEvent, { readonly _tag: "SendFailed" }>): SendFailure {
  const { cause } = event;
  const fresh = event.reason === "backoff" && cause?.reason === "refused" && cause.agoMs <= refusalFreshMs;
  const reason: FailureReason = fresh ? "refused" : event.reason;
  if (reason === "refused" || reason === "rejected") return reason;
  return reason === "overloaded" || reason === "oversized" ? "overloaded" : "unreachable";
}

function exchangeFailure(event: Extract<TransportEvent, { readonly _tag: "SendFailed" }>): ExchangeFailure {
  return event.reason === "oversized" ? event.reason : sendFailure(event);
}

/** So long a refused dial speaks for the sends that follow it without a dial of their own. */
const refusalFreshMs = 300;

const waysMax = 4_096;

/** Of so many processes it is known why they refuse us; it only serves those who ask them at that moment. */
export const refusalsMax = 256;
