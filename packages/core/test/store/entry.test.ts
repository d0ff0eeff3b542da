import { ids } from "@chordnet/simulator/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { space } from "../../src/identifier.js";
import {
  compareNames,
  type Entry,
  type EntryName,
  entryOf,
  headOf,
  keyBytesMax,
  supersedes,
  tombstone,
} from "../../src/store/entry.js";

const keys = fc.uint8Array({ maxLength: 3 });
const names: fc.Arbitrary<EntryName> = fc.record({ id: ids(space(8)), key: keys });
const versions = fc.integer({ min: 1, max: 3 });

function entries(name: EntryName): fc.Arbitrary<Entry> {
  return fc.oneof(
    fc.tuple(versions, keys).map(([version, value]) => entryOf(name, version, value)),
    fc.tuple(versions, fc.nat(2)).map(([version, at]) => tombstone(name, version, at)),
  );
}

describe("entries of one name", () => {
  const three = names.chain((name) => fc.tuple(entries(name), entries(name), entries(name)));

  it("supersede each other in a strict total order, versions first", () => {
    fc.assert(
      fc.property(three, ([a, b, c]) => {
        expect(supersedes(a, b) && supersedes(b, a)).toBe(false);
        expect(supersedes(a, b) || supersedes(b, a)).toBe(a.fingerprint !== b.fingerprint);
        if (supersedes(a, b) && supersedes(b, c)) expect(supersedes(a, c)).toBe(true);
        if (a.version > b.version) expect(supersedes(a, b)).toBe(true);
      }),
    );
  });

  it("have the same fingerprint only where they are the same", () => {
    fc.assert(
      fc.property(three, ([a, b]) => {
        const same = a.version === b.version && a.deletedAtMs === b.deletedAtMs && equal(a.value, b.value);
        expect(a.fingerprint === b.fingerprint).toBe(same);
      }),
    );
  });

  it("let a tombstone win over a value of the same version", () => {
    const name = { id: 1n as EntryName["id"], key: new Uint8Array(keyBytesMax) };
    expect(supersedes(tombstone(name, 2, 0), entryOf(name, 2, new Uint8Array(9)))).toBe(true);
    expect(supersedes(tombstone(name, 1, 0), entryOf(name, 2, new Uint8Array(9)))).toBe(false);
  });
});

it("the key is part of the fingerprint, and not to be taken for a part of the value", () => {
  const point = 1n as EntryName["id"];
  const bytes = (...values: number[]) => Uint8Array.from(values);
  const [one, other] = [bytes(1, 2), bytes(1)];
  expect(entryOf({ id: point, key: one }, 1, bytes(3)).fingerprint).not.toBe(
    entryOf({ id: point, key: other }, 1, bytes(2, 3)).fingerprint,
  );
});

it("a head is the entry less its value", () => {
  const entry = entryOf({ id: 1n as EntryName["id"], key: Uint8Array.of(1) }, 4, Uint8Array.of(5, 6));
  expect({ ...headOf(entry), value: entry.value }).toEqual(entry);
});

describe("compareNames", () => {
  it("orders names totally: by place, then by the keys' bytes, a key before those that go on from it", () => {
    fc.assert(
      fc.property(names, names, names, (a, b, c) => {
        expect(Math.sign(compareNames(a, b))).toBe(0 - Math.sign(compareNames(b, a)));
        if (compareNames(a, b) <= 0 && compareNames(b, c) <= 0)
          expect(compareNames(a, c)).toBeLessThanOrEqual(0);
        if (a.id !== b.id) expect(compareNames(a, b) < 0).toBe(a.id < b.id);
        else expect(Math.sign(compareNames(a, b))).toBe(Math.sign(Buffer.compare(a.key, b.key)));
      }),
    );
  });
});

function equal(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === null || other === null ? one === other : Buffer.compare(one, other) === 0;
}
