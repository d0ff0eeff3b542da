import type { Clock } from "./ports.js";

/**
 * What `make` gives, made anew only after `restMs`: for what anybody may ask for as often as they like, and costs far
 * more than the question.
 */
export function seldom<A>(clock: Clock, restMs: number, make: () => A): () => A {
  let last: { readonly at: number; readonly made: A } | null = null;
  return () => {
    const at = clock.now();
    if (last === null || at >= last.at + restMs) last = { at, made: make() };
    return last.made;
  };
}
