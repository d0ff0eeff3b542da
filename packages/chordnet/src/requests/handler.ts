import type { Body, Key } from "../api.js";
import { callable, describe, object, timeout } from "../checks.js";
import { ChordNetError } from "../errors/errors.js";
import { collect, isStream, iterable, part } from "../exchange/body.js";
import type { Handover } from "../handover/api.js";
import type { Ending } from "../waiting/ending.js";
import type { KeyRequest, RequestHandler, RequestInfo, StreamHandler, StreamRequest } from "./api.js";

/** The longest body that is sent, or handled, in one piece. Streams have no limit. */
export const bodyBytesMax = 16_777_216;

/** How long a handover may take unless told. */
const handoverMs = 10_000;

/** A request as it is handled. */
interface Incoming extends Omit<RequestInfo, "signal"> {
  /** Comes when the work is not wanted any more. */
  readonly ending: Ending;
  readonly body: Body;
}

/** Either kind of handler: a body that is all there needs no stream. */
export type BodyHandler = (request: Incoming) => Body | Promise<Body>;

export interface TimedHandover extends Required<Handover> {
  readonly timeoutMs: number;
}

/**
 * What this process does with the requests for the keys that it owns, and with what it keeps for these keys. There is
 * one handler of each at a time.
 */
export class Handlers {
  #handler: BodyHandler | null = null;
  #handover: TimedHandover | null = null;

  get handler(): BodyHandler | null {
    return this.#handler;
  }

  /** Returns how to stop. Throws `BAD_OPTION` where there is a handler already. */
  onRequest(handler: RequestHandler): () => void {
    return this.#set(handler, async (request) => {
      const { body } = request;
      const bytes = body instanceof Uint8Array ? body : await collect(body, bodyBytesMax);
      if (bytes === null)
        throw new ChordNetError("TOO_LARGE", { what: "the request", limitBytes: bodyBytesMax });
      const response = await handler(new WithBytes(request, bytes));
      if (response instanceof Uint8Array) return part(response);
      throw new TypeError(`a handler's response is a Uint8Array, not ${describe(response)}`);
    });
  }

  get handover(): TimedHandover | null {
    return this.#handover;
  }

  onHandover(handover: Handover): () => void {
    object("handover", handover, ["give", "take", "given", "timeoutMs"]);
    const { give, take, given = () => undefined } = handover;
    for (const part of [give, take, given]) callable("handover", part);
    alone("handover", this.#handover);
    const timeoutMs = timeout("timeoutMs", handover.timeoutMs ?? handoverMs);
    const set: TimedHandover = {
      give: (range) => handover.give(range),
      take: (range) => handover.take(range),
      given: (range) => handover.given?.(range),
      timeoutMs,
    };
    this.#handover = set;
    return () => {
      if (this.#handover === set) this.#handover = null;
    };
  }

  onStream(handler: StreamHandler): () => void {
    return this.#set(handler, async (request) => {
      const response: unknown = await handler(new WithBody(request));
      if (isStream(response)) return response;
      if (response instanceof Uint8Array) return part(response);
      const allowed = "a Uint8Array or an AsyncIterable of them";
      throw new TypeError(`a handler's response is ${allowed}, not ${describe(response)}`);
    });
  }

  #set(given: unknown, handler: BodyHandler): () => void {
    callable("handler", given);
    alone("handler", this.#handler);
    this.#handler = handler;
    return () => {
      if (this.#handler === handler) this.#handler = null;
    };
  }
}

/** The signal is made where a handler asks for it: it costs more than all the rest. */
class Told implements RequestInfo {
  readonly key: Key;
  readonly id: string;
  readonly epoch: number;
  readonly from: string | null;
  readonly #ending: Ending;

  constructor({ key, id, epoch, from, ending }: Incoming) {
    this.key = key;
    this.id = id;
    this.epoch = epoch;
    this.from = from;
    this.#ending = ending;
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }
}

class WithBytes extends Told implements KeyRequest {
  readonly bytes: Uint8Array;

  constructor(incoming: Incoming, bytes: Uint8Array) {
    super(incoming);
    this.bytes = bytes;
  }
}

class WithBody extends Told implements StreamRequest {
  readonly body: AsyncIterable<Uint8Array>;

  constructor(incoming: Incoming) {
    super(incoming);
    this.body = iterable(incoming.body);
  }
}

function alone(option: string, other: unknown): void {
  if (other === null) return;
  const received = "a second one: stop the first before";
  throw new ChordNetError("BAD_OPTION", { option, received, allowed: "the only one" });
}
