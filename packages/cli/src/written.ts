import type { Sink } from "./terminal.js";

/** When what was printed so far is written, or lost, and whoever listens has heard of an error. */
export function written(stream: Sink): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => setImmediate(resolve));
  });
}
