import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { StorageError } from "@chordnet/storage";

/** What LMDB rejects with when a commit fails. */
interface CommitFailure {
  readonly commitError?: Promise<never>;
}

/** LMDB's, and the system's: no room in the map, none on the device, none of the quota. */
const fullCodes: ReadonlySet<unknown> = new Set([-30_792, 28, 122, "ENOSPC", "EDQUOT"]);
/** A write that was cut short, which is what a full disk does to it, says no more than that. */
const cutShort = 5;
const roomBytes = 1024 * 1024;

/** Why a commit failed, as the port says it. */
export async function commitFailure(error: unknown, dataPath: string): Promise<StorageError> {
  const cause = await causeOf(error);
  const { code } = cause as { readonly code?: unknown };
  if (fullCodes.has(code) || (code === cutShort && (await roomAt(dataPath)) < roomBytes))
    return new StorageError("full", `no room on the disk of ${dataPath}: make some`, { cause });
  return asStorageError(cause);
}

/** Anything that the system said, as the port says it. */
export function asStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StorageError("failed", message, { cause: error });
}

async function causeOf(error: unknown): Promise<unknown> {
  const { commitError } = error as CommitFailure;
  return commitError === undefined ? error : commitError.catch((cause: unknown) => cause);
}

async function roomAt(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(dirname(path));
  return bavail * bsize;
}
