/**
 * Does `work` for each item, up to `limit` at once, in no particular order. Takes no more from the source than it has
 * room for. `work` must not reject: what goes wrong with an item is that item's answer.
 */
export async function inFlight<T>(
  source: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let running = 0;
  let wake: (() => void) | null = null;
  const oneLess = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  try {
    for await (const item of source) {
      running += 1;
      void work(item).then(() => {
        running -= 1;
        wake?.();
      });
      while (running >= limit) await oneLess();
    }
  } finally {
    // Also where the source fails: what it gave before is answered.
    while (running > 0) await oneLess();
  }
}
