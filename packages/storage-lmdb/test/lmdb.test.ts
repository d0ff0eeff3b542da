import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformance } from "@chordnet/storage/conformance";
import { afterAll, describe, expect, it } from "vitest";
import { lmdbStorage } from "../src/index.js";

const root = mkdtempSync(join(tmpdir(), "chordnet-storage-"));
let folders = 0;

// Hundreds of folders, on a disk that may be busy.
afterAll(() => rmSync(root, { recursive: true }), 60_000);

describe.each(["always", "interval"] as const)("sync: %s", (sync) => {
  const storage = async (options: { readonly quotaBytes?: number }) => {
    folders += 1;
    return lmdbStorage({ path: join(root, `${folders}`), sync, ...options });
  };

  conformance("LMDB", { storage, durable: true }, { describe, it, expect });
});
