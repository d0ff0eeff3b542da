import type { Codec, Config, Message, Reply, RequestId } from "@chordnet/core";
import {
  isLeft,
  ownDialect,
  processAddress,
  right,
  virtualAddress,
  virtualIndex,
  wireVersions,
} from "@chordnet/core";
import type { Endpoint, Hello, LinkFailure, Refusal, Transport, TransportEvent } from "@chordnet/transport";
import type { Either } from "fp-ts/lib/Either.js";
import type { Call } from "../call.js";
import { onGivenUp } from "../call.js";
import { randomIncarnation, randomRequestId } from "../entropy.js";
import { ChordNetError } from "../errors/errors.js";
import { openFailure } from "../errors/open-failure.js";
import { Exchanges, keepAliveMs } from "../exchange/exchanges.js";
import type { ExchangeMessage } from "../exchange/message.js";
import type { FrameMessage } from "../exchange/wire.js";
import { frameCodec, isOfExchange } from "../exchange/wire.js";
import type { RingHello } from "../hello.js";
import { decodeHello, difference, encodeHello, usualFrameBytesMax } from "../hello.js";
import { linkTrouble } from "../joining/seed-failure.js";
import type { Logger, OwnClock, Random } from "../ports.js";
import { Ending } from "../waiting/ending.js";

interface Waiting {
  /** Only its answer counts. */
  readonly to: string;
  readonly answer: (reply: Reply) => void;
  readonly fail: (error: ChordNetError) => void;
}

export interface ClientLinkOptions {
  readonly transport: Transport;
  /** What every member would say of its ring on a wire that has no hello. */
  readonly unsaid: RingHello | null;
  readonly clock: OwnClock;
  readonly logger: Logger;
  readonly random: Random;
}

/** A client's endpoint, and the requests that wait for their answers. */
export class ClientLink {
  readonly end: Ending = new Ending();
  readonly #waiting = new Map<RequestId, Waiting>();
  readonly #clock: OwnClock;
  readonly #logger: Logger;
  readonly #random: Random;
  readonly #unsaid: RingHello | null;
  #endpoint: Endpoint | null = null;
  #config: Config | null = null;
  #codec: Codec<FrameMessage> | null = null;
  #exchanges: Exchanges | null = null;
  #closed = false;

  /** Rejects with a `ChordNetError` where the transport can't be opened, or listens. */
  static async open(options: ClientLinkOptions): Promise<ClientLink> {
    const link = new ClientLink(options);
    const opening = options.transport.open({
      incarnation: randomIncarnation(options.random, options.clock.wall()),
      describe: () => encodeHello(clientHello),
      versions: wireVersions,
      judge: (hello) => link.#judge(hello),
      onEvent: (event) => link.#take(event),
    });
    const endpoint = await opening.catch((error: unknown) => {
      throw openFailure(error);
    });
    link.#endpoint = endpoint;
    if (endpoint.address === null) return link;
    await link.close();
    const allowed = "one that only dials, such as tcp() without options";
    throw new ChordNetError("BAD_OPTION", { option: "transport", received: "one that listens", allowed });
  }

  private constructor({ clock, logger, random, unsaid }: ClientLinkOptions) {
    this.#clock = clock;
    this.#logger = logger;
    this.#random = random;
    this.#unsaid = unsaid;
  }

  /** From now on this ring is spoken, and no other. `frameBytesMax`: the longest frame that its nodes read. */
  speak(config: Config, frameBytesMax: number): void {
    this.#config = config;
    this.#codec = frameCodec(config);
    this.#exchanges = new Exchanges({
      clock: this.#clock,
      send: (to, message) => this.#exchange(to, message),
      // This end's own bound stands, whatever the nodes read.
      frameBytesMax: Math.min(frameBytesMax, usualFrameBytesMax),
      keepAliveMs: keepAliveMs(),
      randomRid: () => randomRequestId(this.#random),
      serve: (serving) => serving.fault("no-handler", "a client has none"),
    });
  }

  /** After `speak`. */
  get exchanges(): Exchanges {
    if (this.#exchanges === null) throw new ChordNetError("CLOSED", { phase: "idle" });
    return this.#exchanges;
  }

  async greet(address: string): Promise<Either<LinkFailure, Hello>> {
    const greeted = await (this.#endpoint as Endpoint).greet(processAddress(address));
    const unsaid = this.#unsaid;
    return unsaid === null || isLeft(greeted)
      ? greeted
      : right({ ...greeted.right, payload: encodeHello(unsaid) });
  }

  /** Sends a request to a node and awaits its answer. Rejects when it can't be sent, or the call is given up. */
  request(to: string, call: Call, make: (rid: RequestId) => Message): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new ChordNetError("CLOSED", { phase: "closed" }));
      const rid = randomRequestId(this.#random);
      const silentFrom = this.#clock.now() + silentMs;
      const stop = onGivenUp(this.#clock, call, (error) => {
        this.#waiting.delete(rid);
        if (this.#clock.now() >= silentFrom) this.#endpoint?.renew(processAddress(to));
        reject(error);
      });
      const settled = (): void => {
        this.#waiting.delete(rid);
        stop();
      };
      this.#waiting.set(rid, {
        to,
        answer: (reply) => {
          settled();
          resolve(reply);
        },
        fail: (error) => {
          settled();
          reject(error);
        },
      });
      this.#send(to, make(rid));
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#exchanges?.close();
    this.end.end(new ChordNetError("CLOSED", { phase: "closed" }));
    this.#failAll(() => true, new ChordNetError("CLOSED", { phase: "closed" }));
    this.#clock.cancelAll();
    await this.#endpoint?.close();
  }

  #send(to: string, message: Message): void {
    const frame = this.#codec?.encode({ from: 0, to: virtualIndex(to) ?? 0, message });
    if (frame !== undefined) this.#endpoint?.send(processAddress(to), frame);
  }

  /** False, and nothing has been sent, where the node's queue has no room for it. */
  #exchange(to: string, message: ExchangeMessage): boolean {
    const frame = this.#codec?.encode({ from: 0, to: 0, message });
    if (frame === undefined || this.#endpoint === null) return true;
    const node = processAddress(to);
    if (!this.#endpoint.hasRoom(node, frame.length, "bulk")) return false;
    this.#endpoint.send(node, frame, "bulk");
    return true;
  }

  #take(event: TransportEvent): void {
    switch (event._tag) {
      case "Frame":
        this.#receive(event.peer, event.frame);
        return;
      case "SendFailed": {
        for (const frame of event.frames) this.#giveBack(frame, event);
        return;
      }
      case "Disconnected":
        this.#exchanges?.disconnected(event.peer, event.reason);
        this.#failAll(
          (to) => processAddress(to) === event.peer,
          unreachable(event.peer, `the connection ended: ${event.reason}`),
        );
        return;
      case "Drained":
        this.#exchanges?.drained();
        return;
      case "Connected":
      case "HeldBack":
      case "Rejected":
        this.#logger.debug(event._tag, event);
        return;
    }
  }

  #receive(peer: string, frame: Uint8Array): void {
    const decoded = this.#codec?.decode(frame);
    if (decoded === undefined || decoded._tag === "Left") {
      this.#logger.warn("undecodable frame", { peer, error: decoded?.left });
      return;
    }
    const { from, message } = decoded.right;
    if (isOfExchange(message)) {
      this.#exchanges?.receive(peer, false, message);
      return;
    }
    if (!("rid" in message)) return;
    if (message._tag === "Refused") this.#exchanges?.unsupported(peer, message.rid);
    const waiting = this.#waiting.get(message.rid);
    if (waiting === undefined || waiting.to !== virtualAddress(peer, from)) return;
    waiting.answer(message as Reply);
  }

  #giveBack(frame: Uint8Array, event: Extract<TransportEvent, { readonly _tag: "SendFailed" }>): void {
    const decoded = this.#codec?.decode(frame);
    if (decoded?._tag !== "Right") return;
    const { message } = decoded.right;
    const { peer, reason } = event;
    if (isOfExchange(message)) {
      const known = reason === "overloaded" || reason === "oversized";
      this.#exchanges?.sendFailed(peer, message, known ? reason : "unreachable");
    } else if ("rid" in message) this.#waiting.get(message.rid)?.fail(unsent(event));
  }

  #failAll(concerned: (to: string) => boolean, error: ChordNetError): void {
    for (const waiting of [...this.#waiting.values()]) if (concerned(waiting.to)) waiting.fail(error);
  }

  #judge(hello: Hello): Refusal | null {
    if (this.#config === null) return null;
    const theirs = decodeHello(hello.payload);
    if (theirs._tag === "Left") return { code: "bad-hello", detail: theirs.left.detail };
    if (theirs.right.ring === null) return null;
    const wrong = difference(this.#config.ring, theirs.right.ring);
    return wrong === null
      ? null
      : { code: "ring-mismatch", detail: `${wrong.parameter} is ${wrong.ours} here` };
  }
}

/** Who has not answered a question in this time is asked by a new connection: the way may be lost, and nobody told. */
export const silentMs = 1_000;

const clientHello: RingHello = {
  ring: null,
  member: false,
  virtualNodes: 0,
  dialect: ownDialect,
  frameBytesMax: usualFrameBytesMax,
};

/** Why a request could not be sent; where it was not tried again so soon: why it could not before. */
function unsent(event: Extract<TransportEvent, { readonly _tag: "SendFailed" }>): ChordNetError {
  const { peer } = event;
  const { reason, refusal } = event.cause ?? event;
  // Who was given up since nothing came has refused nothing.
  if (refusal === undefined || reason === "timeout")
    return unreachable(peer, linkTrouble(peer, { reason, detail: reason }).detail);
  return new ChordNetError("REFUSED", { address: peer, reason: refusal.code, detail: refusal.detail });
}

function unreachable(address: string, reason: string): ChordNetError {
  return new ChordNetError("PEER_UNREACHABLE", { address, reason });
}
