import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Id } from "../../src/identifier.js";
import { space } from "../../src/identifier.js";
import { naming } from "../../src/peer.js";
import type { StoreAnswer, StoreCall } from "../../src/store/call.js";
import { batchEntries } from "../../src/store/call.js";
import { entryOf, headOf, keyBytesMax, tombstone } from "../../src/store/entry.js";
import { storeCodec } from "../../src/store/wire.js";

const ring = space(16);
const wire = storeCodec(ring, naming(ring, "sha256"));

const ids = fc.bigInt(0n, 0xffffn).map((id) => id as Id);
const numbers = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const names = fc.record({ id: ids, key: fc.uint8Array({ maxLength: 40 }) });
const entries = fc.oneof(
  fc
    .tuple(names, numbers, fc.uint8Array({ maxLength: 60 }))
    .map(([name, v, value]) => entryOf(name, v, value)),
  fc.tuple(names, numbers, numbers).map(([name, version, at]) => tombstone(name, version, at)),
);
const standing = fc.record({ start: ids, end: ids, epoch: numbers, holder: fc.boolean() });
const digests = fc.record({ entries: fc.nat(1_000), sum: fc.bigInt(0n, 2n ** 64n - 1n) });
const few = { maxLength: 5 } as const;

const calls: fc.Arbitrary<StoreCall> = fc.oneof(
  fc.record({
    _tag: fc.constant("Copy" as const),
    standing: fc.option(standing),
    entries: fc.array(entries, few),
  }),
  fc.record({
    _tag: fc.constant("Fetch" as const),
    standing: fc.option(standing),
    names: fc.array(names, few),
  }),
  fc.record({
    _tag: fc.constant("Compare" as const),
    standing: fc.option(standing),
    parts: fc.array(fc.record({ start: ids, end: ids, digest: digests }), few),
  }),
  fc.record({
    _tag: fc.constant("Release" as const),
    standing,
    arc: fc.record({ start: ids, end: ids }),
    whole: fc.boolean(),
  }),
);

const addresses = fc.array(fc.constantFrom("memory://a", "tcp://b:1"), few);
const awaited = fc.array(
  fc.record({
    start: ids,
    end: ids,
    others: addresses,
    spare: fc.option(fc.nat(31)),
    returning: fc.boolean(),
  }),
  few,
);

const answers: fc.Arbitrary<StoreAnswer> = fc.oneof(
  fc.record({ _tag: fc.constant("Copied" as const), above: numbers }),
  fc.record({
    _tag: fc.constant("Fetched" as const),
    entries: fc.array(fc.option(entries), few),
    complete: fc.boolean(),
    awaited,
  }),
  fc.record({
    _tag: fc.constant("Compared" as const),
    parts: fc.array(
      fc.oneof(
        fc.record({ _tag: fc.constantFrom("Same" as const, "Split" as const) }),
        fc.record({ _tag: fc.constant("Listed" as const), heads: fc.array(entries.map(headOf), few) }),
      ),
      few,
    ),
    complete: fc.boolean(),
    awaited,
    holders: fc.option(addresses),
  }),
  fc.record({ _tag: fc.constant("Released" as const) }),
  fc.record({
    _tag: fc.constant("Refused" as const),
    reason: fc.constantFrom("stale", "full", "quota", "overloaded", "failed"),
  }),
);

describe("the bytes of a store's calls", () => {
  it("are read as they were written", () => {
    fc.assert(
      fc.property(calls, answers, (call, answer) => {
        expect(wire.decodeCall(wire.encodeCall(call))).toEqual({ _tag: "Right", right: call });
        expect(wire.decodeAnswer(wire.encodeAnswer(answer))).toEqual({ _tag: "Right", right: answer });
      }),
    );
  });

  it("are total: whatever comes is a call or an error", () => {
    fc.assert(
      fc.property(fc.nat(6), fc.uint8Array({ maxLength: 120 }), (code, rest) => {
        const bytes = new Uint8Array([code, ...rest]);
        expect(["Left", "Right"]).toContain(wire.decodeCall(bytes)._tag);
        expect(["Left", "Right"]).toContain(wire.decodeAnswer(bytes)._tag);
      }),
    );
  });

  it("hold no more names, and no longer key, than they may", () => {
    const name = { id: 7n as Id, key: new Uint8Array(keyBytesMax) };
    const fetch = (count: number): StoreCall => ({
      _tag: "Fetch",
      standing: null,
      names: Array.from({ length: count }, () => name),
    });
    expect(wire.decodeCall(wire.encodeCall(fetch(batchEntries)))._tag).toBe("Right");
    expect(wire.decodeCall(wire.encodeCall(fetch(batchEntries + 1)))._tag).toBe("Left");
    const long = { ...name, key: new Uint8Array(keyBytesMax + 1) };
    expect(() => wire.encodeCall({ _tag: "Fetch", standing: null, names: [long] })).toThrow(RangeError);
  });
});
