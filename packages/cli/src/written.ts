import type { Sink } from "./terminal.js";

/** When what was printed so far is written, or lost, and whoever listens has heard of an error. */
export function written(stream: Sink): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => setImmediate(resolve));
  });
}

/** When more may be printed: what nobody reads yet must not fill the memory. */
export async function room(stream: Sink): Promise<void> {
  if (stream.writableNeedDrain === true) await written(stream);
}
