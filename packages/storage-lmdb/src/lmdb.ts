import { space, wholeCircle } from "@chordnet/core";
import { Ledger, type Storage, type StorageRing, type Volume } from "@chordnet/storage";
import { closeAll } from "./close-all.js";
import { openFailure } from "./failure.js";
import { Flushing } from "./flushing.js";
import { openFolder } from "./folder.js";
import type { LmdbOptions } from "./options.js";
import { FileTail } from "./room.js";
import { Table } from "./table.js";
import { LmdbVolume } from "./volume.js";

/**
 * Storage in a folder of the disk. What was acknowledged is there after a crash of the process at any moment, and
 * (`sync: "always"`) of the machine.
 *
 * Opening reads the heads of all entries: some seconds for a million. It rejects with a `StorageError`: `corrupt`,
 * `foreign`, `newer`, `locked`, `full`, or `failed` where the folder cannot be used; the folder is left as it was.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { mkdtemp, rm } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { defaultRing, entryOf, utf8 } from "@chordnet/core";
 * import { lmdbStorage } from "@chordnet/storage-lmdb";
 *
 * const path = await mkdtemp(join(tmpdir(), "values-"));
 * const storage = lmdbStorage({ path });
 * const name = { id: 7n, key: utf8("user:7") };
 *
 * const volume = await storage.open(defaultRing);
 * await volume.write({ put: [entryOf(name, 1, utf8("Ada"))] }); // on the disk now
 * await volume.close();
 *
 * const again = await storage.open(defaultRing);
 * assert.deepStrictEqual((await again.read(name)).value, utf8("Ada"));
 * await again.close();
 * await rm(path, { recursive: true });
 * ```
 */
export function lmdbStorage(options: LmdbOptions): Storage {
  return {
    open: (ring) =>
      open(options, ring).catch((error: unknown) => {
        throw openFailure(error, options.path);
      }),
  };
}

async function open({ path, sync, quotaBytes }: LmdbOptions, ring: StorageRing): Promise<Volume> {
  const ledger = new Ledger(space(ring.bits), quotaBytes ?? null);
  const folder = await openFolder(path, ring);
  let table: Table | null = null;
  let tail: FileTail | null = null;
  try {
    table = new Table(folder.dataPath, ring, sync !== "interval");
    await folder.made();
    for (const head of table.heads(wholeCircle, null)) ledger.found(head);
    tail = await FileTail.of(folder.dataPath);
    const flushing = sync === "interval" ? await Flushing.of(folder.dataPath) : null;
    return new LmdbVolume(folder, table, ledger, flushing, tail);
  } catch (error) {
    await closeAll([async () => table?.close(), async () => tail?.close(), () => folder.unlock()]);
    throw error;
  }
}
