import type { Ending } from "../waiting/ending.js";

export interface AtEnd {
  /** The error as it is to be told. */
  typed(error: unknown): unknown;
  /** Called once, when the source has ended in whichever way. */
  end(): void;
}

/**
 * The same parts as the source has, until the ending. A generator would not do: one that is given up before it was
 * begun never runs, nor what it has to do at its end.
 */
export function untilEnded<A>(
  source: AsyncIterable<A>,
  ending: Ending | null,
  { typed, end }: AtEnd,
): AsyncIterableIterator<A> {
  const iterator = source[Symbol.asyncIterator]();
  let over = false;
  let ended = false;
  const finish = (): void => {
    over = true;
    if (ended) return;
    ended = true;
    end();
  };
  /** What is under way in the source ends first. */
  const stop = async (): Promise<void> => {
    try {
      await iterator.return?.();
    } finally {
      finish();
    }
  };
  return {
    async next() {
      if (over) return { done: true, value: undefined };
      const task = iterator.next();
      try {
        const next = await (ending === null ? task : ending.or(task));
        if (next.done === true) finish();
        return next;
      } catch (error) {
        over = true;
        if (ending?.over !== true) {
          finish();
          throw typed(error);
        }
        stop().catch(() => undefined);
        throw ending.reason;
      }
    },
    async return() {
      const wasOver = over;
      over = true;
      if (!wasOver) await stop();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
