/**
 * Asks for each of `items`, `limit` of them at once, and yields the answers as they come. No more are taken from
 * `items` than can be in flight or waiting to be consumed. Ending the iteration early ends `items`, too; what is in
 * flight by then is not waited for.
 */
export async function* manyAtOnce<A, B>(
  items: AsyncIterable<A> | Iterable<A>,
  limit: number,
  ask: (item: A) => Promise<B>,
): AsyncIterableIterator<B> {
  const source = asyncIterator(items);
  const state: Flight<B> = {
    ready: [],
    asked: 0,
    pulling: false,
    ended: false,
    failure: null,
    wake: () => undefined,
  };
  const failed = (error: unknown): void => {
    state.failure ??= { error };
    state.wake();
  };
  const pull = (): void => {
    state.pulling = true;
    source.next().then((next) => {
      state.pulling = false;
      if (next.done === true) state.ended = true;
      else {
        state.asked += 1;
        ask(next.value).then((answer) => {
          state.asked -= 1;
          state.ready.push(answer);
          state.wake();
        }, failed);
      }
      state.wake();
    }, failed);
  };
  try {
    for (;;) {
      if (state.failure !== null) throw state.failure.error;
      if (!state.ended && !state.pulling && state.asked + state.ready.length < limit) pull();
      if (state.ready.length > 0) yield state.ready.shift() as B;
      else if (state.ended && state.asked === 0) return;
      else await new Promise<void>((resolve) => (state.wake = resolve));
    }
  } finally {
    if (!state.ended) source.return?.()?.then(undefined, () => undefined);
  }
}

interface Flight<B> {
  readonly ready: B[];
  asked: number;
  /** The next item is being waited for. */
  pulling: boolean;
  ended: boolean;
  failure: { readonly error: unknown } | null;
  wake: () => void;
}

function asyncIterator<A>(items: AsyncIterable<A> | Iterable<A>): AsyncIterator<A> {
  if (Symbol.asyncIterator in items) return items[Symbol.asyncIterator]();
  const iterator = items[Symbol.iterator]();
  return {
    next: async () => iterator.next(),
    return: async () => iterator.return?.() ?? { done: true, value: undefined },
  };
}
