import { type Entry, entryOf, keyBytesMax, tombstone } from "@chordnet/core";
import { entryOverheadBytes } from "../storage.js";
import type { Context } from "./context.js";
import { everything, nameAt, page } from "./context.js";

const valueBytes = 1000;
const entryBytes = 1 + valueBytes + entryOverheadBytes;

const entryAt = (slot: number, version: number, length: number = valueBytes) =>
  entryOf(nameAt(slot), version, new Uint8Array(length).fill(slot));

export const limitsSuite = (context: Context): void => {
  context.onVolume("takes the longest key, a value of 1 MiB, and nothing for either", async (volume) => {
    const longest = nameAt(7, new Uint8Array(keyBytesMax).fill(0xff));
    const entries = [
      entryOf(longest, Number.MAX_SAFE_INTEGER, new Uint8Array(1024 * 1024).fill(1)),
      entryOf(nameAt(8, new Uint8Array(0)), 1, new Uint8Array(0)),
    ];
    await volume.write({ put: entries });
    for (const { fingerprint, ...name } of entries) {
      const { version, value } = (await volume.read(name)) as Entry;
      context.expect(entryOf(name, version, value as Uint8Array).fingerprint).toEqual(fingerprint);
    }
    const behind = await volume.heads(everything, { ...page, after: longest });
    context.expect(behind.items.map(({ id }) => id)).toEqual([nameAt(8).id]);
  });

  context.onVolume(
    "takes what its quota allows, and refuses a byte more, changing nothing",
    async (volume) => {
      await volume.write({ put: [entryAt(1, 1), entryAt(2, 1, valueBytes - 1)] });
      const more = { put: [entryAt(2, 2), entryAt(3, 1, 0)] };
      await context.expectRejection(volume.write(more), "quota");
      context.expect(await volume.read(nameAt(2))).toEqual(entryAt(2, 1, valueBytes - 1));
      context.expect(await volume.read(nameAt(3))).toEqual(null);
      await volume.write({ put: [entryAt(2, 2)] });
      context.expect(volume.usage().bytes).toEqual(2 * entryBytes);
    },
    2 * entryBytes,
  );

  context.onVolume(
    "counts what is under way against the quota, too",
    async (volume) => {
      const [one, two, three] = [1, 2, 3].map((slot) => volume.write({ put: [entryAt(slot, 1)] }));
      await Promise.all([one, two, context.expectRejection(three as Promise<unknown>, "quota")]);
      context.expect(volume.usage().entries).toEqual(2);
    },
    2 * entryBytes,
  );

  context.onVolume(
    "deletes and forgets when the quota is used up",
    async (volume) => {
      await volume.write({ put: [entryAt(1, 1), entryAt(2, 1)] });
      await volume.write({ put: [tombstone(nameAt(1), 2, 0)] });
      await volume.write({ drop: [entryAt(2, 1)] });
      context.expect(volume.usage().bytes).toEqual(entryBytes - valueBytes);
    },
    2 * entryBytes,
  );
};
