import type { Handover, RequestHandler, StreamHandler } from "./api.js";
import { badOption, callable, object, timeout } from "./checks.js";
import { ChordNetError } from "./errors.js";
import { collect } from "./exchange/body.js";
import { describe } from "./key.js";

/** The longest body that is sent, or handled, in one piece. Streams have no limit. */
export const bodyBytesMax = 16_777_216;

/** How long a handover may take unless told. */
const handoverMs = 10_000;

export interface TimedHandover extends Required<Handover> {
  readonly timeoutMs: number;
}

/**
 * What this process does with the requests that it owns the key of: and with what it keeps for them: one handler of
 * each at a time.
 */
export class Handlers {
  #handler: StreamHandler | null = null;
  #handover: TimedHandover | null = null;

  get handler(): StreamHandler | null {
    return this.#handler;
  }

  /** Returns how to stop. Throws `BAD_OPTION` where there is a handler already. */
  onRequest(handler: RequestHandler): () => void {
    callable("handler", handler);
    return this.onStream(async ({ body, ...info }) => {
      const bytes = await collect(body, bodyBytesMax);
      if (bytes === null)
        throw new ChordNetError("TOO_LARGE", { what: "the request", limitBytes: bodyBytesMax });
      const response = await handler({ ...info, bytes });
      if (response instanceof Uint8Array) return response;
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
    alone(this.#handover);
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
    callable("handler", handler);
    alone(this.#handler);
    this.#handler = handler;
    return () => {
      if (this.#handler === handler) this.#handler = null;
    };
  }
}

function alone(other: unknown): void {
  if (other === null) return;
  throw badOption("handler", other, "the only one: stop the other first");
}
