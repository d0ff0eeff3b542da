import type { EntryHead } from "@chordnet/core";

/**
 * Why a volume could not be opened, or did not do what it was asked.
 *
 * - `full`: there is no room on the disk. Nothing of the batch is kept; reads go on.
 * - `quota`: the batch would take more than the quota allows. Nothing of it is kept. One that does not add to what is
 *   used is never refused.
 * - `corrupt`: what is there is damaged, and left as it is.
 * - `foreign`: what is there is something else, or another ring's.
 * - `newer`: it was written by a later version that this one does not understand.
 * - `locked`: another process has it open.
 * - `closed`: the volume is closed.
 * - `failed`: anything else the system said, such as a folder that may not be written.
 */
export type StorageErrorCode =
  | "full"
  | "quota"
  | "corrupt"
  | "foreign"
  | "newer"
  | "locked"
  | "closed"
  | "failed";

export interface StorageErrorOptions extends ErrorOptions {
  readonly head?: EntryHead;
}

/** What a storage rejects with: program against `code`, which is stable; the message is for people. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  readonly code: StorageErrorCode;
  /** Of a `corrupt` entry: its head, which could still be read. */
  readonly head: EntryHead | null;

  constructor(code: StorageErrorCode, message: string, options: StorageErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.head = options.head ?? null;
  }
}
