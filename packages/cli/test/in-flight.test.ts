import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inFlight } from "../src/in-flight.js";

describe("inFlight", () => {
  it("does the work of each item once, never more than the limit at a time", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5)), fc.integer({ min: 1, max: 8 }), async (turns, limit) => {
        const done: number[] = [];
        let running = 0;
        let most = 0;
        await inFlight(turns.entries(), limit, async ([index, awaits]) => {
          running += 1;
          most = Math.max(most, running);
          for (let i = 0; i < awaits; i += 1) await null;
          running -= 1;
          done.push(index);
        });
        expect(done.sort((a, b) => a - b)).toEqual([...turns.keys()]);
        expect(most).toBeLessThanOrEqual(limit);
      }),
    );
  });

  it("ends with the source's error once what is under way is done", async () => {
    async function* source(): AsyncGenerator<number> {
      yield 1;
      throw new Error("no more");
    }
    let done = 0;
    const work = async (): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      done += 1;
    };
    await expect(inFlight(source(), 2, work)).rejects.toThrow("no more");
    expect(done).toBe(1);
  });
});
