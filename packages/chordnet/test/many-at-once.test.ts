import { describe, expect, it } from "vitest";
import { manyAtOnce } from "../src/many-at-once.js";
import { settled } from "./fake-clock.js";

/** Answers when told to. */
function asking(): {
  readonly asked: number[];
  answer(item: number): void;
  fail(item: number): void;
  ask(item: number): Promise<string>;
} {
  const open = new Map<number, { resolve(answer: string): void; reject(error: Error): void }>();
  const asked: number[] = [];
  return {
    asked,
    ask: (item) => {
      asked.push(item);
      return new Promise((resolve, reject) => open.set(item, { resolve, reject }));
    },
    answer: (item) => open.get(item)?.resolve(`answer ${item}`),
    fail: (item) => open.get(item)?.reject(new Error(`no ${item}`)),
  };
}

describe("many at once", () => {
  it("answers as the answers come, with so many in flight", async () => {
    const { asked, answer, ask } = asking();
    const answers = manyAtOnce([1, 2, 3, 4, 5], 3, ask);
    const first = answers.next();
    await settled();
    expect(asked).toEqual([1, 2, 3]);
    answer(2);
    expect(await first).toEqual({ done: false, value: "answer 2" });
    const second = answers.next();
    await settled();
    expect(asked).toEqual([1, 2, 3, 4]);
    for (const item of [4, 1, 3]) answer(item);
    expect((await second).value).toBe("answer 4");
    const rest: string[] = [];
    const third = answers.next();
    await settled();
    answer(5);
    rest.push((await third).value as string);
    for await (const each of answers) rest.push(each);
    expect(rest).toEqual(["answer 1", "answer 3", "answer 5"]);
  });

  it("takes no more than can be in flight or waiting to be consumed", async () => {
    let taken = 0;
    function* source(): Iterable<number> {
      for (;;) yield taken++;
    }
    const answers = manyAtOnce(source(), 4, async (item) => item);
    for (let i = 0; i < 10; i += 1) await answers.next();
    await settled();
    expect(taken).toBeLessThanOrEqual(14);
    await answers.return?.();
  });

  it("ends its source when it is ended", async () => {
    let ended = false;
    async function* source(): AsyncIterable<number> {
      try {
        for (let i = 0; ; i += 1) yield i;
      } finally {
        ended = true;
      }
    }
    for await (const answer of manyAtOnce(source(), 2, async (item) => item)) if (answer > 3) break;
    await settled();
    expect(ended).toBe(true);
  });

  it("ends with the error of its source, or of the asking", async () => {
    async function* broken(): AsyncIterable<number> {
      yield 1;
      throw new Error("the source broke");
    }
    await expect(consume(broken())).rejects.toThrow("the source broke");
    const { ask, fail } = asking();
    const answers = manyAtOnce([1], 2, ask).next();
    await settled();
    fail(1);
    await expect(answers).rejects.toThrow("no 1");
  });

  it("of nothing is nothing", async () => {
    expect(await manyAtOnce([], 2, async (x) => x).next()).toEqual({ done: true, value: undefined });
  });
});

async function consume(source: AsyncIterable<number>): Promise<void> {
  for await (const _ of manyAtOnce(source, 2, async (x) => x));
}
