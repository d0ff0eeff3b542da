import type { Body } from "../api.js";
import type { Ending } from "../waiting/ending.js";
import { dispose, isStream, part, tellNobody } from "./body.js";

export interface AtEnd {
  /** The error as it is to be told. */
  typed(error: unknown): unknown;
  /** Called once, when the source has ended in whichever way. */
  end(): void;
}

/**
 * The same parts as the source has, until the ending: then the source is ended, too, whether anybody reads it or not,
 * and the next read throws the ending's reason. A generator would not do: one that is given up before it was begun
 * never runs, nor what it has to do at its end.
 */
export function untilEnded(
  source: AsyncIterable<Uint8Array>,
  ending: Ending | null,
  { typed, end }: AtEnd,
): AsyncIterableIterator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  let over = false;
  let ended = false;
  /** The ending came, and no read has thrown its reason yet. */
  let untold = false;
  let forget = (): void => undefined;
  const finish = (): void => {
    over = true;
    if (ended) return;
    ended = true;
    forget();
    end();
  };
  /** What is under way in the source ends first. */
  const stop = async (): Promise<void> => {
    over = true;
    try {
      await iterator.return?.();
    } finally {
      finish();
    }
  };
  if (ending !== null) {
    forget = ending.onEnd(() => {
      if (over) return;
      untold = true;
      stop().catch(tellNobody);
      // A read that is under way may last for ever: a stream of Node's ends when it has.
      dispose(source);
    });
  }
  return {
    async next() {
      if (over && !untold) return { done: true, value: undefined };
      try {
        const next = await (ending === null ? iterator.next() : ending.or(iterator.next()));
        if (next.done === true) finish();
        else part(next.value);
        return next;
      } catch (error) {
        if (untold) {
          untold = false;
          throw ending?.reason;
        }
        stop().catch(tellNobody);
        finish();
        throw typed(error);
      }
    },
    async return() {
      untold = false;
      if (!over) await stop();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A body that is sent, or handled here, until nobody wants it any more. It is not begun before it is read. */
export function whileWanted(body: Body, gone: Ending): Body {
  // What is neither is a program's mistake, and told as such where it is read.
  if (!isStream(body)) return body;
  return {
    [Symbol.asyncIterator]: () => untilEnded(body, gone, { typed: (error) => error, end: () => undefined }),
  };
}

/**
 * Waits for the first part that is not empty, and gives it again: a response has begun with it, not when it is
 * promised.
 */
export async function withFirst(
  source: AsyncIterableIterator<Uint8Array>,
): Promise<AsyncIterableIterator<Uint8Array>> {
  let first = await source.next();
  while (first.done !== true && first.value.length === 0) first = await source.next();
  return continued(first, source);
}

function continued(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterableIterator<Uint8Array>,
): AsyncIterableIterator<Uint8Array> {
  let ahead: IteratorResult<Uint8Array> | null = first;
  return {
    next() {
      if (ahead === null) return rest.next();
      const given = Promise.resolve(ahead);
      ahead = null;
      return given;
    },
    async return() {
      ahead = null;
      await rest.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
