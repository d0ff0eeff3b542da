/** After so much of a handover its process has time for something else. */
const spellMs = 2;

/** Who waits for bytes from far away has had time for everything else meanwhile. */
const restMsMax = 4;

export interface LeisurePorts {
  now(): number;
  rest(ms: number): Promise<void>;
}

/**
 * What is handed over, with as much time between as it took so far: a range of any size moves, and leaves its process,
 * and the machine, half of their time for what is asked of them meanwhile.
 */
export async function* atLeisure(
  chunks: AsyncIterable<Uint8Array>,
  { now, rest }: LeisurePorts,
): AsyncIterableIterator<Uint8Array> {
  let since = now();
  for await (const chunk of chunks) {
    yield chunk;
    const tookMs = now() - since;
    if (tookMs < spellMs) continue;
    await rest(Math.min(tookMs, restMsMax));
    since = now();
  }
}
