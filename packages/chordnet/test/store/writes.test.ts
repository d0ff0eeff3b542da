import { defaultRing, type Entry, entryOf, headOf, type Id, tombstone, wholeCircle } from "@chordnet/core";
import {
  type Batch,
  memoryStorage,
  StorageError,
  type StorageErrorCode,
  type Volume,
} from "@chordnet/storage";
import { describe, expect, it } from "vitest";
import { Writes } from "../../src/store/writes.js";

const entries = Array.from({ length: 256 }, (_, n) => entryAt(n));
const heads = entries.map(headOf);
const everything = { after: null, entriesMax: 1_000, bytesMax: 1_000_000 };

function entryAt(n: number): Entry {
  const key = Uint8Array.of(n >> 8, n);
  return entryOf({ id: BigInt(n) as Id, key }, 1, Uint8Array.of(n));
}

/** A volume with all of `entries`, that refuses batches of more than `most` things; and how many it was given of. */
async function narrow(most: number, code: StorageErrorCode = "full") {
  const volume = await memoryStorage().open(defaultRing);
  await volume.write({ put: [...entries] });
  const asked: number[] = [];
  const write = async (batch: Batch) => {
    const things = (batch.put?.length ?? 0) + (batch.drop?.length ?? 0);
    asked.push(things);
    // As a disk does, later.
    await Promise.resolve();
    if (things > most) throw new StorageError(code, "no room");
    return volume.write(batch);
  };
  const left = async () => (await volume.heads(wholeCircle, everything)).items;
  return { writes: new Writes({ write } as Volume), asked, left };
}

describe("what only makes room, on a full disk", () => {
  it.each([1, 7, 100, 256])("is dropped in halves, where there is room for %i at once", async (most) => {
    const { writes, left } = await narrow(most);
    expect(await writes.write({ put: [], drop: heads })).toEqual([]);
    expect(await left()).toEqual([]);
  });

  it("is put in halves where it is tombstones, and what stands is told in their order", async () => {
    const { writes } = await narrow(3);
    const put = entries.slice(0, 20).map((entry) => tombstone(entry, 2, 1_000));
    expect(await writes.write({ put, drop: [] })).toEqual(put.map(headOf));
  });

  it("is done before what comes later, which may put what it drops", async () => {
    const { writes, left } = await narrow(64);
    const dropped = writes.write({ put: [], drop: heads });
    const again = entries.slice(200, 201);
    expect(await writes.write({ put: again, drop: [] })).toEqual(again.map(headOf));
    await dropped;
    expect(await left()).toEqual(again.map(headOf));
  });
});

it("fails where there is room for nothing", async () => {
  const { writes, asked } = await narrow(0);
  await expect(writes.write({ put: [], drop: heads })).rejects.toMatchObject({ code: "full" });
  expect(asked).toEqual([256, 128, 64, 32, 16, 8, 4, 2, 1]);
});

it.each([
  ["values", { put: entries, drop: heads }, "full"],
  ["a quota", { put: [], drop: heads }, "quota"],
] as const)("does not halve for %s", async (_what, batch, code) => {
  const { writes, asked } = await narrow(0, code);
  await expect(writes.write(batch)).rejects.toMatchObject({ code });
  expect(asked).toHaveLength(1);
});

it("goes on behind one that failed, at once where nothing is waited for", async () => {
  const { writes, asked } = await narrow(1);
  const failed = writes.write({ put: entries.slice(0, 2), drop: [] });
  const put = writes.write({ put: entries.slice(0, 1), drop: [] });
  expect(asked).toEqual([2, 1]);
  await expect(failed).rejects.toMatchObject({ code: "full" });
  expect(await put).toEqual(heads.slice(0, 1));
});
