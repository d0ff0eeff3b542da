import type { Writable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as library from "ws";
import { messageBytesMax } from "../src/address.js";
import { MessageReader, MessageWriter, type Role } from "../src/messages.js";

/** The package `ws` has it, and its types do not say so. */
const { Receiver } = library as unknown as {
  Receiver: new (options: { isServer: boolean; maxPayload: number }) => Writable;
};

/** A message as it was told: what `ws` makes of the rest stands between what was read where it lay. */
type Told = readonly [isBinary: boolean, bytes: ReadonlyArray<number>];

const receiver = (from: Role, told: Told[]): Writable => {
  const made = new Receiver({ isServer: from === "client", maxPayload: messageBytesMax });
  made.on("message", (data: Buffer, isBinary: boolean) => told.push([isBinary, [...data]]));
  made.on("error", () => undefined);
  return made;
};

const byLibrary = (from: Role, stream: Uint8Array): Told[] => {
  const told: Told[] = [];
  receiver(from, told).write(Buffer.from(stream));
  return told;
};

const byBoth = (from: Role, chunks: ReadonlyArray<Uint8Array>): Told[] => {
  const told: Told[] = [];
  const rest = receiver(from, told);
  const reader = new MessageReader(
    from,
    (message) => told.push([true, [...message]]),
    (bytes) => rest.write(Buffer.from(bytes)),
  );
  for (const chunk of chunks) reader.push(chunk);
  return told;
};

/** A frame with this first byte, however wrong that may be. */
const frame = (first: number, from: Role, payload: Uint8Array): Uint8Array => {
  const writer = new MessageWriter(from, (mask, at) => mask.set([1, 2, 3, 4], at));
  const target = new Uint8Array(writer.frameBytes(payload.length));
  expect(writer.write(payload, target, 0)).toBe(target.length);
  target[0] = first;
  return target;
};

/** No Buffer: its slices share its memory, and readers take masks off in place. */
const joined = (frames: ReadonlyArray<Uint8Array>): Uint8Array => new Uint8Array(Buffer.concat(frames));

/** The stream cut at these places, in any order and number. */
const cut = (stream: Uint8Array, places: ReadonlyArray<number>): Uint8Array[] => {
  const sorted = [...places.map((place) => place % (stream.length + 1)), stream.length].sort((a, b) => a - b);
  return sorted.map((end, i) => stream.slice(sorted[i - 1] ?? 0, end));
};

const role = fc.constantFrom<Role>("client", "server");

const other = fc.constantFrom(0x89, 0x8a, 0x88, 0x81, 0x01, 0x02, 0x80, 0x00, 0xc2, 0xa2, 0x83);

/** Mostly messages; one frame in eight is of some other kind, one in thirty from who must not send it. */
const frames = fc.array(
  fc.record({
    first: fc.oneof({ weight: 7, arbitrary: fc.constant(0x82) }, { weight: 1, arbitrary: other }),
    wronglyMasked: fc.nat(29).map((n) => n === 0),
    payload: fc.oneof(
      { weight: 9, arbitrary: fc.uint8Array({ maxLength: 200 }) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom(0xffff, messageBytesMax, messageBytesMax + 1)
          .map((n) => new Uint8Array(n)),
      },
    ),
  }),
  { maxLength: 12 },
);

describe("MessageReader", () => {
  it("tells, with ws for the rest, what ws alone would tell, however the stream was cut", () => {
    fc.assert(
      fc.property(role, frames, fc.array(fc.nat(3_000), { maxLength: 12 }), (from, sent, places) => {
        const wrong = from === "client" ? "server" : "client";
        const stream = joined(
          sent.map(({ first, wronglyMasked, payload }) =>
            frame(first, wronglyMasked ? wrong : from, payload),
          ),
        );
        expect(byBoth(from, cut(stream, places))).toEqual(byLibrary(from, stream));
      }),
    );
  });

  it("does so of any bytes", () => {
    fc.assert(
      fc.property(role, fc.uint8Array({ maxLength: 100 }), fc.array(fc.nat(100)), (from, tail, places) => {
        const stream = joined([frame(0x82, from, Uint8Array.of(7)), tail]);
        expect(byBoth(from, cut(stream, places))).toEqual(byLibrary(from, stream));
      }),
    );
  });

  it("leaves pings to ws, and goes on with what follows them", () => {
    const others: number[][] = [];
    const told: number[][] = [];
    const reader = new MessageReader(
      "server",
      (message) => told.push([...message]),
      (bytes) => others.push([...bytes]),
    );
    reader.push(Uint8Array.of(0x82, 1, 5, 0x89, 1, 9, 0x82, 2, 6, 7));
    expect([told, others]).toEqual([[[5], [6, 7]], [[0x89, 1, 9]]]);
  });
});

describe("MessageWriter", () => {
  it.each([0, 1, 125, 126, 0xffff, messageBytesMax])("writes what ws reads: %i bytes", (length) => {
    const message = Uint8Array.from({ length }, (_, i) => i);
    for (const from of ["client", "server"] as const)
      expect(byLibrary(from, frame(0x82, from, message))).toEqual([[true, [...message]]]);
  });
});
