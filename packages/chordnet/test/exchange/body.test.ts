import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collect } from "../../src/exchange/body.js";

describe("a body that is collected", () => {
  it("is its parts, however many there are", async () => {
    const lengths = fc.array(fc.nat(3), { maxLength: 3_000, size: "max" });
    await fc.assert(
      fc.asyncProperty(lengths, async (all) => {
        let next = 0;
        const parts = all.map((length) => Uint8Array.from({ length }, () => next++ % 251));
        const whole = new Uint8Array(parts.flatMap((part) => [...part]));
        async function* body() {
          yield* parts;
        }
        expect(await collect(body(), whole.length)).toEqual(whole);
        if (whole.length > 0) expect(await collect(body(), whole.length - 1)).toBe(null);
      }),
      { numRuns: 20 },
    );
  });

  it("takes no more than its bytes, in however short parts it comes", async () => {
    setFlagsFromString("--expose-gc");
    const clean: () => void = runInNewContext("gc");
    const used = (): number => {
      clean();
      return process.memoryUsage().heapUsed;
    };
    let grown = Number.POSITIVE_INFINITY;
    async function* body() {
      const before = used();
      for (let i = 0; i < 100_000; i += 1) yield new Uint8Array(1);
      grown = used() - before;
    }
    expect(await collect(body(), 100_000)).toHaveLength(100_000);
    // Each part for itself takes some 200 bytes.
    expect(grown).toBeLessThan(2_000_000);
  });
});
