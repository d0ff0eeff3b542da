// Writes one entry after another until the disk is full, then deletes some of them and fills it anew, time and again.
import { writeSync } from "node:fs";
import { defaultRing, entryOf, headOf } from "@chordnet/core";
import { lmdbStorage } from "@chordnet/storage-lmdb";

const [path] = process.argv.slice(2);
const volume = await lmdbStorage({ path }).open(defaultRing);
const kept = new Map();
let last = 0;

/** Anywhere on the circle, larger than a page. */
function entryAt(number) {
  const id = ((BigInt(number) * 0x9e37_79b9_7f4a_7c15n) % 2n ** 64n) << 90n;
  return entryOf({ id, key: Uint8Array.of(number >> 8, number) }, 1, new Uint8Array(5000).fill(number));
}

/** Until the disk is full; gives how many it took. */
async function fill() {
  for (let put = 0; ; put += 1) {
    const entry = entryAt(last);
    try {
      await volume.write({ put: [entry] });
    } catch (error) {
      if (error.code !== "full") throw error;
      return put;
    }
    kept.set(last, entry);
    last += 1;
  }
}

const filled = await fill();
const rounds = 20;
let [deleted, put, lost] = [0, 0, 0];
for (let round = 0; round < rounds; round += 1) {
  for (const [number, entry] of [...kept].slice(0, 100)) {
    await volume.write({ drop: [headOf(entry)] });
    kept.delete(number);
    deleted += 1;
  }
  put += await fill();
}
for (const entry of kept.values()) {
  const stands = await volume.read(entry);
  if (stands?.fingerprint !== entry.fingerprint) lost += 1;
}
await volume.close();
writeSync(1, `${JSON.stringify({ filled, rounds, deleted, put, lost })}\n`);
