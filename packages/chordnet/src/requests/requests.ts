import type { Address } from "@chordnet/core";
import type { Body } from "../api.js";
import type { Call } from "../call.js";
import { onGivenUp, timedOut, within } from "../call.js";
import { ChordNetError, isChordNetError } from "../errors/errors.js";
import { complete } from "../exchange/asking.js";
import type { Answer } from "../exchange/body.js";
import { collect, dispose, iterable } from "../exchange/body.js";
import type { Exchanges } from "../exchange/exchanges.js";
import { Trouble } from "../exchange/trouble.js";
import { untilEnded, whileWanted, withFirst } from "../exchange/until-ended.js";
import type { Clock } from "../ports.js";
import { Ending } from "../waiting/ending.js";
import { pause } from "../waiting/pause.js";
import { bodyBytesMax } from "./handler.js";
import type { Handled } from "./handling.js";
import { handlerTrouble } from "./handling.js";
import type { Request } from "./request.js";
import { checkKept } from "./request.js";
import { explained, finalError, responseError } from "./request-error.js";

/** Whom to send a request to: null is this process itself. After `trustedMs` without an answer it may be another. */
export interface Way {
  readonly to: Address | null;
  readonly trustedMs: number;
}

export interface RequestsPorts {
  readonly clock: Clock;
  readonly exchanges: Exchanges;
  /** The end of this life. */
  readonly end: Ending;
  /** Rejects with a `ChordNetError` where nobody is to be found within the call's time. */
  way(request: Request, call: Call): Promise<Way>;
  /** That way led to nothing. */
  failed(request: Request, way: Way, trouble: Trouble): void;
  handle(request: Request, gone: Ending): Promise<Handled>;
}

/** The detail of a way that led to one who did not answer in time, and may be busy with what it was asked. */
export const silent = "silent";

/** Between two attempts: doubles up to the longest. */
const restMs = 5;
const restMsMax = 200;

/** Takes requests to whoever owns their keys, as often as it needs within their time. */
export class Requests {
  readonly #ports: RequestsPorts;

  constructor(ports: RequestsPorts) {
    this.#ports = ports;
  }

  /** The whole response. A body that is all there is sent again where the response broke off. */
  async request(request: Request, call: Call): Promise<Uint8Array> {
    for (let broken = 0; ; broken += 1) {
      const response = await this.#begin(request, call, call);
      if (response instanceof Uint8Array && response.length <= bodyBytesMax) return response;
      try {
        const bytes = await collect(response, bodyBytesMax);
        if (bytes !== null) return bytes;
        throw new ChordNetError("TOO_LARGE", { what: "the response", limitBytes: bodyBytesMax });
      } catch (error) {
        if (!isChordNetError(error, "INTERRUPTED")) throw error;
        await this.#rest(broken, call, error.cause instanceof Trouble ? error.cause : null);
      }
    }
  }

  /**
   * The response as soon as it has begun: until then the request goes to one owner after another. Its deadline ends
   * with that, its signal with the response.
   */
  begin(request: Request, call: Call): Promise<Answer> {
    return this.#begin(request, call, { ...call, deadline: Number.POSITIVE_INFINITY });
  }

  /** `lasting`: how long the whole response may take. */
  async #begin(request: Request, call: Call, lasting: Call): Promise<Answer> {
    const source = new Source(request.body);
    let last: Trouble | null = null;
    for (let attempt = 0; ; attempt += 1) {
      const way = await this.#way(request, call, last);
      checkKept(request.body);
      try {
        const toSend = { ...request, body: source.body };
        return way.to === null
          ? await this.#here(toSend, call, lasting)
          : await this.#there({ ...way, to: way.to }, toSend, call, lasting);
      } catch (error) {
        last = this.#afterTrouble(error, request, way, call, source);
      }
      await this.#rest(attempt, call, last);
    }
  }

  /** Throws what ends the request; gives the trouble after which another owner may be asked, or the same one again. */
  #afterTrouble(error: unknown, request: Request, way: Way, call: Call, { spent }: Source): Trouble {
    if (!(error instanceof Trouble)) throw error;
    const to = way.to ?? "this node";
    if (this.#ports.end.over) throw new ChordNetError("CLOSED", { phase: "closed" });
    this.#ports.failed(request, way, error);
    // Whoever was asked had all the time that there is.
    if (error.reason === "timeout") throw explained(timedOut(call), error);
    const final = finalError(error, to);
    if (final !== null) throw final;
    if (spent) throw new ChordNetError("INTERRUPTED", { address: to, reason: error.message });
    return error;
  }

  async #way(request: Request, call: Call, last: Trouble | null): Promise<Way> {
    try {
      return await this.#ports.way(request, call);
    } catch (error) {
      throw explained(error, last);
    }
  }

  /** This process owns the key: nothing is sent. */
  async #here(request: Request, call: Call, lasting: Call): Promise<Answer> {
    const { clock } = this.#ports;
    const gone = new Ending();
    const forget = this.#ports.end.onEnd(() => gone.end(new ChordNetError("CLOSED", { phase: "closed" })));
    let stop = onGivenUp(clock, call, (error) => gone.end(error));
    const over = (): void => {
      stop();
      forget();
      // What the handler has not read of the request's body is not wanted any more.
      gone.end(complete);
    };
    try {
      const handled = this.#ports.handle({ ...request, body: whileWanted(request.body, gone) }, gone);
      const { response, end } = await gone.or(handled, (late) => late.end());
      let begun = false;
      const ended = (): void => {
        end();
        over();
      };
      if (response instanceof Uint8Array) {
        ended();
        return response;
      }
      const answer = await withFirst(
        untilEnded(response, gone, {
          // Until it has begun another owner may be asked.
          typed: (error) => {
            const trouble = handlerTrouble(error);
            return begun ? responseError(trouble, "this node") : trouble;
          },
          end: ended,
        }),
      );
      begun = true;
      if (!gone.over) stop = this.#goOn(call, lasting, stop, (error) => gone.end(error));
      return answer;
    } catch (error) {
      over();
      throw error;
    }
  }

  async #there(
    way: Way & { readonly to: Address },
    request: Request,
    call: Call,
    lasting: Call,
  ): Promise<Answer> {
    const { clock, exchanges } = this.#ports;
    const { id, subject, relayed, body } = request;
    const timeoutMs = Math.max(0, lasting.deadline - clock.now());
    const asking = exchanges.ask(way.to, { id, subject, relayed, timeoutMs }, body);
    const stopWaiting = onGivenUp(clock, call, (error) => {
      // Whoever was asked may have been stopped: the next request is not to wait for it, too.
      if (error.code === "TIMEOUT") this.#ports.failed(request, way, new Trouble("unreachable", silent));
      asking.cancel(error);
    });
    const stopLooking = this.#lookAgain(way, request, call, (trouble) => asking.cancel(trouble));
    const response = await asking.begun
      .catch((error: unknown) => {
        stopWaiting();
        throw error;
      })
      .finally(stopLooking);
    const stopWatching = this.#goOn(call, lasting, stopWaiting, (error) => asking.cancel(error));
    const whole = response.takeWhole();
    if (whole !== null) {
      stopWatching();
      return whole;
    }
    return untilEnded(response, null, { typed: (error) => responseError(error, way.to), end: stopWatching });
  }

  /** The response has begun: from now on it has the time that it may last for. */
  #goOn(call: Call, lasting: Call, stop: () => void, give: (error: ChordNetError) => void): () => void {
    if (lasting === call) return stop;
    stop();
    return onGivenUp(this.#ports.clock, lasting, give);
  }

  /** Whoever is asked may have been stopped, and its range taken: a request must not wait for it then. */
  #lookAgain(way: Way, request: Request, call: Call, moved: (trouble: Trouble) => void): () => void {
    const { clock } = this.#ports;
    if (!Number.isFinite(way.trustedMs)) return () => undefined;
    let stopped = false;
    const look = async (): Promise<void> => {
      this.#ports.failed(request, way, new Trouble("not-owner", "it does not answer"));
      const next = await this.#ports.way(request, call).catch(() => way);
      if (stopped) return;
      if (next.to !== way.to) moved(new Trouble("not-owner", "another owns the key"));
      else cancelTimer = clock.after(Math.max(next.trustedMs, 1), () => void look());
    };
    let cancelTimer = clock.after(Math.max(way.trustedMs, 1), () => void look());
    return () => {
      stopped = true;
      cancelTimer();
    };
  }

  /** The longer, the more attempts have led nowhere. */
  async #rest(attempts: number, call: Call, last: Trouble | null): Promise<void> {
    const { clock, end } = this.#ports;
    const ms = Math.min(restMs * 2 ** attempts, restMsMax);
    await within(clock, call, pause(clock, ms, end.signal)).catch((error: unknown) => {
      throw explained(error, last);
    });
    if (end.over) throw new ChordNetError("CLOSED", { phase: "closed" });
  }
}

/** A response that is asked for when somebody reads it. */
export function begun(begin: () => Promise<Answer>): AsyncIterableIterator<Uint8Array> {
  let response: Promise<AsyncIterableIterator<Uint8Array>> | null = null;
  let over = false;
  return {
    async next() {
      if (over) return { done: true, value: undefined };
      response ??= begin().then((answer) => iterable(answer));
      return (await response).next();
    },
    async return() {
      over = true;
      // Why it could not be begun has been told to who read it.
      const begun = await response?.catch(() => null);
      await begun?.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A request's body, and whether it can still be sent from its beginning. */
class Source {
  readonly body: Body;
  spent = false;

  constructor(body: Body) {
    if (body instanceof Uint8Array) {
      this.body = body;
      return;
    }
    const once: AsyncIterable<Uint8Array> & Partial<AsyncDisposable> = {
      [Symbol.asyncIterator]: () => {
        this.spent = true;
        return body[Symbol.asyncIterator]();
      },
      [Symbol.asyncDispose]: async () => dispose(body),
    };
    this.body = once;
  }
}
