import type { RequestHandler, StreamHandler } from "./api.js";
import { ChordNetError } from "./errors.js";
import { collect } from "./exchange/body.js";
import { describe } from "./key.js";

/** The longest body that is sent, or handled, in one piece. Streams have no limit. */
export const bodyBytesMax = 16_777_216;

/** What this process does with the requests that it owns the key of: one handler at a time. */
export class Handlers {
  #handler: StreamHandler | null = null;

  get handler(): StreamHandler | null {
    return this.#handler;
  }

  /** Returns how to stop. Throws `BAD_OPTION` where there is a handler already. */
  onRequest(handler: RequestHandler): () => void {
    callable(handler);
    return this.onStream(async ({ body, ...info }) => {
      const bytes = await collect(body, bodyBytesMax);
      if (bytes === null)
        throw new ChordNetError("TOO_LARGE", { what: "the request", limitBytes: bodyBytesMax });
      const response = await handler({ ...info, bytes });
      if (response instanceof Uint8Array) return response;
      throw new TypeError(`a handler's response is a Uint8Array, not ${describe(response)}`);
    });
  }

  onStream(handler: StreamHandler): () => void {
    callable(handler);
    if (this.#handler !== null) {
      throw new ChordNetError("BAD_OPTION", {
        option: "handler",
        received: "a second one",
        allowed: "the only one: stop the other first",
      });
    }
    this.#handler = handler;
    return () => {
      if (this.#handler === handler) this.#handler = null;
    };
  }
}

function callable(handler: unknown): void {
  if (typeof handler === "function") return;
  throw new ChordNetError("BAD_OPTION", {
    option: "handler",
    received: describe(handler),
    allowed: "a function",
  });
}
