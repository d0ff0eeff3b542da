import { Readable, Writable } from "node:stream";
import { expect, it } from "vitest";
import { run } from "../src/run.js";
import { screen } from "./screen.js";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it.each([
  ["lookup", 256],
  ["get", 64],
  ["delete", 64],
])("%s asks no more than it does at once as long as nobody reads what it prints", async (command, atOnce) => {
  const keys = 1_000;
  let taken = 0;
  const stdin = Readable.from(
    (function* () {
      for (; taken < keys; taken += 1) yield `key ${taken}\n`;
    })(),
    { highWaterMark: 1 },
  );
  let lines = 0;
  let read = (): void => undefined;
  const held = new Promise<void>((resolve) => (read = resolve));
  const stdout = new Writable({
    highWaterMark: 1,
    write: (chunk: Buffer, _encoding, done) => {
      if (chunk.length > 0) lines += 1;
      void held.then(() => done());
    },
  });
  // Nobody listens there, which is an answer, too.
  const args = [command, "-", "--json", "--via", "tcp://127.0.0.1:1"];
  const running = run(
    args,
    { ...screen().io, stdin, stdout },
    { onRequest: () => () => undefined, exit: () => undefined },
  );
  for (let last = 0, same = 0; same < 500 || lines === 0; last = taken) {
    await turn();
    same = taken === last ? same + 1 : 0;
  }
  expect(taken).toBeLessThan(2 * atOnce);
  read();
  expect([await running, lines]).toEqual([1, keys]);
});
