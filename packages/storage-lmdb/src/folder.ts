import { type FileHandle, mkdir, open, readdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { StorageError, type StorageRing } from "@chordnet/storage";
import { tryLock } from "fs-native-extensions";
import { checkFile } from "./file-header.js";
import { checkRing, markerName, readMarker, writeMarker } from "./marker.js";

/** A node's folder, locked. */
export interface Folder {
  readonly dataPath: string;
  /** LMDB has made its file: from now on it has to be there. */
  made(): Promise<void>;
  unlock(): Promise<void>;
}

const dataName = "values.mdb";
const lockName = "lock";
/** More than LMDB writes before `Room` can keep some for it: where there is less, it may take the process down. */
const firstBytes = 256 * 1024;
const readersBytes = 16 * 1024;
/** What an open that was cut short may have left. */
const ownNames: ReadonlySet<string> = new Set([lockName, `${markerName}.new`]);

/** Makes the folder ready for LMDB, or rejects and leaves it as it was. */
export async function openFolder(path: string, ring: StorageRing): Promise<Folder> {
  const there = await contents(path);
  if (!there.includes(markerName) && there.some((name) => !ownNames.has(name)))
    throw new StorageError("foreign", `${path} holds something else: use an empty folder, or none`);
  const lock = await lockFolder(path);
  try {
    // Only now: until the lock was free another process may have begun this folder, and written to it.
    const marker = await readMarker(path);
    if (marker !== null) checkRing(path, marker, ring);
    const dataPath = join(path, dataName);
    const complete = marker?.complete === true;
    if (complete) await checkFile(dataPath);
    else await begin(path, dataPath, ring);
    await makeReaders(`${dataPath}-lock`);
    const made = async (): Promise<void> => (complete ? undefined : writeMarker(path, ring, true));
    return { dataPath, made, unlock: () => lock.close() };
  } catch (error) {
    await lock.close();
    throw error;
  }
}

/** Of the folder, which is made if it is not there. */
async function contents(path: string): Promise<string[]> {
  // Below some file systems (`/proc`) Node tries to make a folder for ever, when it may make those above it, too.
  await mkdir(dirname(resolve(path)), { recursive: true, mode: 0o700 });
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return readdir(path);
}

async function lockFolder(path: string): Promise<FileHandle> {
  const file = await open(join(path, lockName), "a", 0o600);
  if (tryLock(file.fd)) return file;
  await file.close();
  throw new StorageError("locked", `${path} is in use: stop the other process, or use another folder`);
}

/** Nothing has been acknowledged yet, though an open that was cut short may have left something. */
async function begin(path: string, dataPath: string, ring: StorageRing): Promise<void> {
  await writeMarker(path, ring, false);
  try {
    await writeFile(dataPath, new Uint8Array(firstBytes), { mode: 0o600 });
  } finally {
    await writeFile(dataPath, "", { mode: 0o600 });
  }
}

/** LMDB maps it into memory, and the process ends where there is no room for it. Nobody has it open: see `lock`. */
async function makeReaders(path: string): Promise<void> {
  const file = await open(path, "a", 0o600);
  try {
    if ((await file.stat()).size < readersBytes) {
      await file.truncate();
      await file.writeFile(new Uint8Array(readersBytes));
    }
  } finally {
    await file.close();
  }
}
