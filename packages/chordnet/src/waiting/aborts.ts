/**
 * Listening to a signal that many calls share: one listener for all of them, since platforms warn of more.
 */
const heard = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `give` when the signal is aborted, soon where it is already, unless the returned function is called before. */
export function onAborted(signal: AbortSignal, give: () => void): () => void {
  const all = heard.get(signal) ?? listening(signal);
  const own = (): void => give();
  all.add(own);
  // Its event has been and comes no more.
  if (signal.aborted) queueMicrotask(() => all.delete(own) && give());
  return () => void all.delete(own);
}

/** Apart: functions that one call makes keep what they all close over, and this one lives as long as the signal. */
function listening(signal: AbortSignal): Set<() => void> {
  const all = new Set<() => void>();
  heard.set(signal, all);
  const tell = (): void => {
    for (const give of [...all]) if (all.delete(give)) give();
  };
  signal.addEventListener("abort", tell, { once: true });
  return all;
}
