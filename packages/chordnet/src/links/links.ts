import type { Address, Addressed, Codec, Config, DecodeError, Message } from "@chordnet/core";
import { processAddress, virtualAddress } from "@chordnet/core";
import type {
  ConnectionInfo,
  Endpoint,
  Hello,
  Lane,
  LinkFailure,
  Refusal,
  Transport,
  TransportEvent,
} from "@chordnet/transport";
import { isClientName } from "@chordnet/transport";
import type { Either } from "fp-ts/lib/Either.js";
import type { ExchangeMessage } from "../exchange/message.js";
import type { FrameMessage } from "../exchange/wire.js";
import { frameCodec, isOfExchange } from "../exchange/wire.js";
import type { Counters } from "../observing/counters.js";
import { RareWarning } from "../observing/rare-warning.js";
import type { Clock, Logger } from "../ports.js";
import { type Endpoints, type EndpointsOptions, openEndpoints } from "./endpoints.js";
import type { LinksObserver } from "./observer.js";
import { Refusals } from "./refusals.js";
import { exchangeFailure, type FramesBack, sendFailure } from "./send-failure.js";
import { clientAddress, Ways } from "./ways.js";

type FrameIn = Extract<TransportEvent, { readonly _tag: "Frame" }>;

export interface LinksOptions extends EndpointsOptions {
  readonly observer: LinksObserver;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
}

/**
 * The way between messages and the bytes on a process's connections: what is sent is encoded and given to the endpoint
 * that leads there, what comes in is decoded and told of. Each frame is counted.
 */
export class Links {
  readonly #options: LinksOptions;
  readonly #endpoints: Endpoints;
  readonly #main: Endpoint;
  readonly #ways: Ways;
  readonly #refusals = new Refusals();
  readonly #warnings: RareWarning;
  #codec: Codec<FrameMessage> | null = null;

  /** Opens all endpoints, or none. Rejects with a `ChordNetError`. */
  static async open(transports: readonly [Transport, ...Transport[]], options: LinksOptions): Promise<Links> {
    const hold: { links: Links | null } = { links: null };
    const endpoints = await openEndpoints(transports, options, (index, event) =>
      hold.links?.take(index, event),
    );
    const links = new Links(endpoints, options);
    hold.links = links;
    return links;
  }

  private constructor(endpoints: Endpoints, options: LinksOptions) {
    this.#endpoints = endpoints;
    this.#main = endpoints[0];
    this.#ways = new Ways(endpoints);
    this.#options = options;
    this.#warnings = new RareWarning(options.logger);
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
    const way = this.#ways.towards(to);
    const frame = this.#encode({ from, to: way.index, message });
    if (frame !== null) this.#put(way.endpoint, way.peer, frame, "ring");
  }

  /**
   * Part of an exchange with a process: ring messages overtake it. False, and nothing has been sent, where its queue
   * has no room for it. Throws where it cannot be encoded.
   */
  exchange(to: Address, message: ExchangeMessage): boolean {
    const way = this.#ways.towards(processAddress(to));
    const frame = this.#encode({ from: 0, to: 0, message });
    if (frame === null) throw new TypeError(`${message._tag} cannot be encoded`);
    if (!way.endpoint.hasRoom(way.peer, frame.length, "bulk")) return false;
    this.#put(way.endpoint, way.peer, frame, "bulk");
    return true;
  }

  /** Why the connection to a process was refused, where that is why the last send to it failed. */
  refusal(process: Address): Refusal | null {
    return this.#refusals.of(process);
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
        this.#refusals.forget(event.peer);
        return;
      case "Frame":
        this.#receive(index, event);
        return;
      case "Disconnected":
        counters.disconnected += 1;
        logger.debug("disconnected", { peer: event.peer, reason: event.reason });
        if (event.reason !== "idle" && !isClientName(event.peer))
          observer.engine()?.tell(null, { _tag: "Disconnected", process: event.peer });
        observer
          .exchanges()
          ?.disconnected(
            isClientName(event.peer) ? clientAddress(event.peer, index) : event.peer,
            event.reason,
          );
        return;
      case "SendFailed":
        this.#giveBack(index, event);
        return;
      case "Drained":
        observer.exchanges()?.drained();
        return;
      case "HeldBack":
        this.#warnings.tell("a peer sends faster than it is read", "held back", this.#options.clock.now(), {
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
    this.#warnings.tell(`connection turned away by ${by}`, reason, this.#options.clock.now(), data);
  }

  #put(endpoint: Endpoint, peer: string, frame: Uint8Array, lane: Lane): void {
    const { counters } = this.#options;
    counters.framesOut += 1;
    counters.bytesOut += frame.length;
    endpoint.send(peer, frame, lane);
  }

  #receive(index: number, event: FrameIn): void {
    const { observer, clock, counters } = this.#options;
    counters.framesIn += 1;
    counters.bytesIn += event.frame.length;
    if (this.#codec === null) {
      counters.early += 1;
      return;
    }
    const engine = observer.engine();
    const answer = event.client ? null : (engine?.answer(event.peer, event.frame) ?? null);
    if (answer !== null) {
      this.#put(this.#main, event.peer, answer, "ring");
      return;
    }
    const decoded = this.#codec.decode(event.frame);
    if (decoded._tag === "Left") {
      counters.undecodable += 1;
      if (decoded.left._tag === "UnknownKind") this.#declineUnknown(index, event, decoded.left);
      const error = decoded.left;
      this.#warnings.tell("undecodable frame", error._tag, clock.now(), { peer: event.peer, error });
      return;
    }
    const { from, to, message } = decoded.right;
    const sender = event.client ? clientAddress(event.peer, index) : virtualAddress(event.peer, from);
    if (isOfExchange(message)) {
      observer.exchanges()?.receive(processAddress(sender), event.client, message);
      return;
    }
    engine?.receive(to, sender, event.incarnation, event.client, message);
    if (message._tag === "Refused" && message.code === "unsupported") {
      observer.exchanges()?.unsupported(processAddress(sender), message.rid);
    }
  }

  /** A request of a later version: its sender is told, instead of left to wait. */
  #declineUnknown(
    index: number,
    event: FrameIn,
    error: Extract<DecodeError, { readonly _tag: "UnknownKind" }>,
  ): void {
    if (error.rid === null) return;
    const sender = event.client ? clientAddress(event.peer, index) : virtualAddress(event.peer, error.from);
    const detail = `kind ${error.kind} of message is not known here`;
    this.send(error.to, sender, { _tag: "Refused", rid: error.rid, code: "unsupported", detail });
  }

  #giveBack(index: number, event: FramesBack): void {
    const { observer, counters } = this.#options;
    const { reason, refusal } = event.cause ?? event;
    // Who was given up since nothing came has refused nothing.
    if (refusal === undefined || reason === "timeout") this.#refusals.forget(event.peer);
    else this.#refusals.remember(event.peer, refusal);
    counters.sendFailed[event.reason] =
      (counters.sendFailed[event.reason] ?? 0) + event.frames.length + (event.dropped ?? 0);
    for (const frame of event.frames) {
      const envelope = this.#reread(frame);
      if (envelope === null) continue;
      const to = isClientName(event.peer)
        ? clientAddress(event.peer, index)
        : virtualAddress(event.peer, envelope.to);
      const { from, message } = envelope;
      if (isOfExchange(message)) observer.exchanges()?.sendFailed(to, message, exchangeFailure(event));
      else observer.engine()?.tell(from, { _tag: "SendFailed", to, message, reason: sendFailure(event) });
    }
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
}
