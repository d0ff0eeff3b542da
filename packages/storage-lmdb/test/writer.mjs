// Writes one entry after another, and says of each when it is acknowledged; until it is killed, or the disk is full.
import { writeSync } from "node:fs";
import { defaultRing, entryOf } from "@chordnet/core";
import { lmdbStorage } from "@chordnet/storage-lmdb";

const [path, sync, since] = process.argv.slice(2);
const volume = await lmdbStorage({ path, sync }).open(defaultRing);
const slots = 32;

/** Of all sizes, so that pages are split, and values lie in pages of their own. */
function entryAt(slot, version) {
  const name = { id: BigInt(slot) << 150n, key: Uint8Array.of(slot) };
  return entryOf(name, version, new Uint8Array((version * 997) % 20_000).fill(version));
}

async function writeOn(slot) {
  for (let version = Number(since); ; version += 1) {
    await volume.write({ put: [entryAt(slot, version)] });
    writeSync(1, `${slot} ${version}\n`);
  }
}

try {
  await Promise.all(Array.from({ length: slots }, (_, slot) => writeOn(slot)));
} catch (error) {
  const { length } = (
    await volume.entries({ start: 0n, end: 0n }, { after: null, entriesMax: 99, bytesMax: 1e9 })
  ).items;
  await volume.write({
    drop: (await volume.heads({ start: 0n, end: 0n }, { after: null, entriesMax: 9, bytesMax: 1e9 })).items,
  });
  await volume.write({ put: [entryAt(0, 1)] });
  await volume.close();
  writeSync(1, `${error.code}, ${length} read, and written again\n`);
}
