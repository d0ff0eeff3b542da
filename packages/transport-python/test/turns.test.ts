import fc from "fast-check";
import { expect, it } from "vitest";
import { Turns } from "../src/turns.js";

it("no more than may at a time, each in its turn, and nothing is kept of those that are through", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.constantFrom("a", "b")),
      async (max, urls) => {
        const turns = new Turns(max);
        const open: Record<string, number> = { a: 0, b: 0 };
        const began: number[] = [];
        await Promise.all(
          urls.map(async (url, i) => {
            const asked = turns.inTurn(url, async () => {
              if (url === "a") began.push(i);
              open[url] = (open[url] ?? 0) + 1;
              expect(open[url]).toBeLessThanOrEqual(max);
              await Promise.resolve();
              open[url] -= 1;
              if (i % 3 === 0) throw new RangeError("asking failed: the next has its turn all the same");
            });
            await asked.catch((error: unknown) => expect(error).toBeInstanceOf(RangeError));
          }),
        );
        expect(began).toEqual([...began].sort((x, y) => x - y));
        expect(open).toEqual({ a: 0, b: 0 });
      },
    ),
  );
});
