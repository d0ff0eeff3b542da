/**
 * Listening to a signal that many calls share: one listener for all of them, since platforms warn of more.
 */
const heard = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `give` when the signal is aborted, unless the returned function is called before. */
export function onAborted(signal: AbortSignal, give: () => void): () => void {
  const known = heard.get(signal);
  const all = known ?? new Set();
  if (known === undefined) {
    heard.set(signal, all);
    signal.addEventListener("abort", () => tellAll(all), { once: true });
  }
  const own = (): void => give();
  all.add(own);
  return () => void all.delete(own);
}

function tellAll(all: Set<() => void>): void {
  for (const give of [...all]) if (all.delete(give)) give();
}
