import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { StorageError } from "@chordnet/storage";

/** What LMDB rejects with when a commit fails. */
interface CommitFailure {
  readonly commitError?: Promise<never>;
}

/** LMDB's, and the system's: no room in the map, none on the device, none of the quota. */
export const fullCodes: ReadonlySet<unknown> = new Set([-30_792, 28, 122, "ENOSPC", "EDQUOT"]);
/** LMDB's: what is there is not what its tree says, or no tree. */
const corruptCodes: ReadonlySet<unknown> = new Set([-30_797, -30_796, -30_793]);
const ioCodes: ReadonlySet<unknown> = new Set([5, "EIO"]);
/** LMDB's code for a write that was cut short, which is what a full disk does to it, is that of a disk that fails. */
const cutShort = 5;
const roomBytes = 1024 * 1024;
/** What LMDB adds to the system's words, if it was the system that failed the write. */
const attempt = /: Attempting to .*$/s;

/** Why a commit failed, as the port says it. */
export async function commitFailure(error: unknown, dataPath: string): Promise<StorageError> {
  const cause = await causeOf(error);
  const code = codeOf(cause);
  const mayBeCutShort = code === cutShort && !attempt.test(messageOf(cause));
  if (fullCodes.has(code) || (mayBeCutShort && (await roomAt(dataPath)) < roomBytes))
    return noRoom(dataPath, { cause });
  return asStorageError(cause, dataPath);
}

/** Why a folder cannot be opened, as the port says it. */
export function openFailure(error: unknown, path: string): StorageError {
  const code = codeOf(error);
  if (fullCodes.has(code)) return noRoom(path, { cause: error });
  if (code === "EISDIR") {
    const { path: file } = error as NodeJS.ErrnoException;
    return corrupt(file ?? path, file === undefined ? "a file of it is a folder" : "it is a folder");
  }
  return asStorageError(error, path);
}

export function corrupt(path: string, what: string, options?: ErrorOptions): StorageError {
  const advice = "restore the folder from a backup, or move it away and let the ring fill a new one";
  return new StorageError("corrupt", `${path} cannot be used, ${what}: ${advice}`, options);
}

export function noRoom(path: string, options?: ErrorOptions): StorageError {
  return new StorageError("full", `no room on the disk of ${path}: make some`, options);
}

/** Anything that the system said of what lies at this path, as the port says it. */
export function asStorageError(error: unknown, path: string): StorageError {
  if (error instanceof StorageError) return error;
  const message = messageOf(error);
  if (corruptCodes.has(codeOf(error)))
    return corrupt(path, `its tree is damaged (${message})`, { cause: error });
  if (!ioCodes.has(codeOf(error))) return new StorageError("failed", message, { cause: error });
  const told = `the disk of ${path} fails (${message.replace(attempt, "")})`;
  const advice = "look into the system's log, and move the folder to another disk";
  return new StorageError("failed", `${told}: ${advice}`, { cause: error });
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown } | null)?.code;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function causeOf(error: unknown): Promise<unknown> {
  const { commitError } = error as CommitFailure;
  return commitError === undefined ? error : commitError.catch((cause: unknown) => cause);
}

async function roomAt(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(dirname(path));
  return bavail * bsize;
}
