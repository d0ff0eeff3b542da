import { expect, it } from "vitest";
import { atLeisure } from "../../src/handover/leisure.js";

/** How long was rested after each chunk, where taking them took so long. */
async function rests(tookMs: ReadonlyArray<number>): Promise<ReadonlyArray<number>> {
  let nowMs = 0;
  const rested: number[] = [];
  const chunks = (async function* () {
    for (const at of tookMs.keys()) yield Uint8Array.of(at);
  })();
  const ports = {
    now: () => nowMs,
    rest: async (ms: number) => {
      rested.push(ms);
      nowMs += ms;
    },
  };
  for await (const [at = 0] of atLeisure(chunks, ports)) nowMs += tookMs[at] ?? 0;
  return rested;
}

it("a handover rests for as long as it worked, where that was long enough to matter", async () => {
  expect(await rests([1, 1, 1, 3, 0.5, 1])).toEqual([2, 4]);
});

it("does not wait as long again for what came from far away", async () => {
  expect(await rests([100, 100])).toEqual([4, 4]);
});
