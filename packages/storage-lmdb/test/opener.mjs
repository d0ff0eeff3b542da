// Opens a new folder, and one that is there from before, on a disk with less and less room, and says what came of it.
import { rmSync, statfsSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { defaultRing, entryOf } from "@chordnet/core";
import { lmdbStorage } from "@chordnet/storage-lmdb";

const [root] = process.argv.slice(2);
const entry = entryOf({ id: 1n, key: Uint8Array.of(1) }, 1, Uint8Array.of(1));
const before = join(root, "before");
await using((volume) => volume.write({ put: [entry] }), before);

async function using(use, path) {
  const volume = await lmdbStorage({ path }).open(defaultRing);
  await use(volume);
  await volume.close();
}

const outcome = (done) =>
  done.then(
    () => "opened",
    ({ code }) => code,
  );

const fresh = new Set();
const old = new Set();
for (let pages = 100; pages >= 0; pages -= pages > 20 ? 10 : 1) {
  // As a backup may leave it out.
  rmSync(join(before, "values.mdb-lock"));
  const { bavail, bsize } = statfsSync(root);
  const filler = join(root, "filler");
  writeFileSync(filler, new Uint8Array(bavail * bsize - pages * 4096));
  fresh.add(await outcome(using(() => undefined, join(root, "fresh"))));
  rmSync(join(root, "fresh"), { recursive: true, force: true });
  old.add(await outcome(using((volume) => volume.read(entry), before)));
  rmSync(filler);
}
writeSync(1, `${JSON.stringify({ fresh: [...fresh], old: [...old] })}\n`);
