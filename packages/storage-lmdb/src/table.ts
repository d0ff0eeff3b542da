import type { Arc, Company, Entry, EntryHead, EntryName, Space } from "@chordnet/core";
import { entryOf, readUtf8, space, tombstone } from "@chordnet/core";
import { type Change, StorageError, type StorageRing, stretches } from "@chordnet/storage";
import { type Database, open, type RootDatabase } from "lmdb";
import { readCompany, writeCompany } from "./company.js";
import { type Encoding, encodingOf } from "./encoding.js";
import type { Pages, Tree } from "./need.js";
import { leaveOutStacks } from "./quiet.js";

type Bytes = Database<Buffer, Buffer>;

/** What LMDB says of a table; of the one of all tables it says more. */
interface Stats extends Tree {
  readonly pageSize: number;
  readonly lastPageNumber: number;
  readonly free: Tree;
}

const companyKey = Buffer.from("company");

const binary = { encoding: "binary", keyEncoding: "binary" } as const;

/**
 * The LMDB file: heads and values. Heads lie apart from values, so that what replicas compare can be listed
 * without what they keep.
 */
export class Table {
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #heads: Bytes;
  readonly #values: Bytes;
  /** What is kept beside the entries, each under a name of its own. */
  readonly #notes: Bytes;
  readonly #ring: Space;
  readonly #encoding: Encoding;

  /** @param sync whether a commit waits for the disk */
  constructor(path: string, { bits }: StorageRing, sync: boolean) {
    this.#ring = space(bits);
    this.#encoding = encodingOf(this.#ring);
    this.#root = open<Buffer, Buffer>(path, {
      ...binary,
      noSubdir: true,
      noSync: !sync,
      // One commit at a time, made by `Commits`: each resolves when it is as durable as it will be.
      overlappingSync: false,
      eventTurnBatching: false,
    });
    leaveOutStacks(this.#root);
    this.#heads = this.#root.openDB({ name: "heads", ...binary });
    this.#values = this.#root.openDB({ name: "values", ...binary });
    this.#notes = this.#root.openDB({ name: "notes", ...binary });
  }

  head(name: EntryName): EntryHead | null {
    const key = this.#encoding.name(name);
    const head = this.#heads.get(key);
    return head === undefined ? null : this.#encoding.readHead(key, head);
  }

  /** Throws `corrupt` where head and value are not of one entry. */
  entry(head: EntryHead): Entry {
    const value = this.#values.get(this.#encoding.name(head));
    const entry =
      head.deletedAtMs !== null
        ? tombstone(head, head.version, head.deletedAtMs)
        : value !== undefined && entryOf(head, head.version, new Uint8Array(value));
    if (entry === false || entry.fingerprint !== head.fingerprint)
      throw new StorageError("corrupt", `the entry of ${shown(head)} is damaged`, { head });
    return entry;
  }

  *heads(arc: Arc, after: EntryName | null): Iterable<EntryHead> {
    for (const stretch of stretches(this.#ring, arc, after)) {
      for (const { key, value } of this.#heads.getRange(this.#encoding.range(stretch)))
        yield this.#encoding.readHead(key, value);
    }
  }

  *entries(arc: Arc, after: EntryName | null): Iterable<Entry> {
    for (const head of this.heads(arc, after)) yield this.entry(head);
  }

  /** Throws `corrupt` where it is damaged: whoever takes it for empty may answer for what others have. */
  company(): ReadonlyArray<Company> {
    const note = this.#notes.get(companyKey);
    return note === undefined ? [] : readCompany(this.#ring, note);
  }

  /** All of it or nothing. */
  async commit(changes: Iterable<Change>, company: ReadonlyArray<Company> | null): Promise<void> {
    await this.#root.batch(() => {
      for (const change of changes) this.#change(change);
      if (company !== null) void this.#notes.put(companyKey, writeCompany(company));
    });
  }

  /** Of the last commit. Costs little: LMDB keeps count. */
  pages(): Pages {
    const { free, lastPageNumber, pageSize, ...names } = this.#root.getStats() as Stats;
    return {
      pageBytes: pageSize,
      used: lastPageNumber + 1,
      heads: this.#heads.getStats() as Stats,
      values: this.#values.getStats() as Stats,
      others: [names, this.#notes.getStats() as Stats],
      free,
    };
  }

  async close(): Promise<void> {
    await this.#root.close();
  }

  // What `put` and `remove` return within a batch settles with the batch, which is waited for.
  #change({ name, before, after }: Change): void {
    const key = this.#encoding.name(name);
    if (after === null) void this.#heads.remove(key);
    else void this.#heads.put(key, this.#encoding.head(after));
    if (after !== null && after.value !== null) void this.#values.put(key, Buffer.from(after.value));
    else if (before !== null && before.deletedAtMs === null) void this.#values.remove(key);
  }
}

/** A name for people: its key as text where it is some, else its bytes; or its place, where it has none. */
function shown({ id, key }: EntryName): string {
  if (key.length === 0) return `the point ${id.toString(16)}`;
  const text = readUtf8(key, 0, key.length);
  return text === null ? Buffer.from(key).toString("hex") : JSON.stringify(text);
}
