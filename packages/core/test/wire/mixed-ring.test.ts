import { flaw, Simulation } from "@chordnet/simulator";
import { type Either, isRight } from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import type { Message } from "../../src/message.js";
import { codec, codecOf } from "../../src/wire/codec.js";
import type { DecodeError } from "../../src/wire/decode-error.js";
import { kinds2, type Message2 } from "./version2.js";

describe("a ring whose nodes speak versions 1 and 2 by turns", () => {
  it("is one ring: every message passes through its sender's and its receiver's version", () => {
    const simulation = new Simulation(1, { intervalMs: 500, leaseMs: 1125 });
    const { space, naming } = simulation.config;
    const one = codec({ space, naming });
    const two = codecOf<Message2>(kinds2, () => true, { space, naming });
    const isNew = (url: string): boolean => Number(url.slice(-1)) % 2 === 1;
    let extended = 0;
    simulation.carried = (message, from, to) => {
      const said: Message2 =
        isNew(from) && message._tag === "Find" ? { ...message, startedAt: message.origin.id } : message;
      const frame = isNew(from)
        ? two.encode({ from: 0, to: 0, message: said })
        : one.encode({ from: 0, to: 0, message });
      const { decode }: { decode: (frame: Uint8Array) => Either<DecodeError, { message: Message2 }> } = isNew(
        to,
      )
        ? two
        : one;
      const read = decode(frame);
      if (!isRight(read))
        throw new Error(`${to} cannot read what ${from} says: ${JSON.stringify(read.left)}`);
      if (isNew(from) && !isNew(to) && said !== message) extended += 1;
      return read.right.message as Message;
    };
    const urls = Array.from({ length: 8 }, (_, i) => `memory://n${i}`);
    for (const [i, url] of urls.entries()) {
      simulation.start(url);
      if (i === 0) simulation.create(url);
      else simulation.join(url, ["memory://n0"]);
    }
    simulation.run(20_000, () => simulation.members().length === urls.length && flaw(simulation) === null);
    expect(flaw(simulation)).toBe(null);
    const asked = urls.flatMap((url) =>
      [1, 2, 3].map((i) => simulation.lookup(url, naming(`key ${url} ${i}`), "recursive")),
    );
    simulation.run(2000);
    expect(asked.map((operation) => simulation.settled.get(operation)?.ok)).toEqual(asked.map(() => true));
    expect(extended).toBeGreaterThan(0);
  });
});
