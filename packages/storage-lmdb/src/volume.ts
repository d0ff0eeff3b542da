import type { Arc, Company, Digest, Entry, EntryHead, EntryName } from "@chordnet/core";
import {
  type Batch,
  cutPiece,
  entrySize,
  headSize,
  type Ledger,
  type Page,
  type Piece,
  StorageError,
  type Usage,
  type Volume,
} from "@chordnet/storage";
import { closeAll } from "./close-all.js";
import { Commits } from "./commits.js";
import { asStorageError } from "./failure.js";
import type { Flushing } from "./flushing.js";
import type { Folder } from "./folder.js";
import { type FileTail, Room } from "./room.js";
import type { Table } from "./table.js";

export class LmdbVolume implements Volume {
  readonly #folder: Folder;
  readonly #table: Table;
  readonly #ledger: Ledger;
  readonly #commits: Commits;
  readonly #flushing: Flushing | null;
  readonly #tail: FileTail;
  #closing: Promise<void> | null = null;

  constructor(folder: Folder, table: Table, ledger: Ledger, flushing: Flushing | null, tail: FileTail) {
    this.#folder = folder;
    this.#table = table;
    this.#ledger = ledger;
    this.#flushing = flushing;
    this.#tail = tail;
    this.#commits = new Commits(table, ledger, new Room(tail, folder.dataPath), folder.dataPath);
  }

  async read(name: EntryName): Promise<Entry | null> {
    return this.#look(() => {
      const head = this.#table.head(name);
      return head === null ? null : this.#table.entry(head);
    });
  }

  async write(batch: Batch): Promise<ReadonlyArray<EntryHead>> {
    this.#look(() => this.#flushing?.check());
    const stands = await this.#commits.write(batch);
    this.#flushing?.written();
    return stands;
  }

  async heads(arc: Arc, page: Page): Promise<Piece<EntryHead>> {
    return this.#look(() => cutPiece(this.#table.heads(arc, page.after), page, headSize));
  }

  async entries(arc: Arc, page: Page): Promise<Piece<Entry>> {
    return this.#look(() => cutPiece(this.#table.entries(arc, page.after), page, entrySize));
  }

  async digests(arcs: ReadonlyArray<Arc>): Promise<ReadonlyArray<Digest>> {
    this.#checkOpen();
    return this.#commits.between(() => this.#look(() => arcs.map((arc) => this.#digest(arc))));
  }

  async company(): Promise<ReadonlyArray<Company>> {
    return this.#look(() => this.#table.company());
  }

  usage(): Usage {
    return this.#ledger.usage();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#commits.between(() => undefined);
    const failures = await closeAll([
      () => this.#table.close(),
      async () => this.#flushing?.close(),
      () => this.#tail.close(),
      () => this.#folder.unlock(),
    ]);
    if (failures.length > 0) throw asStorageError(failures[0], this.#folder.dataPath);
  }

  #digest(arc: Arc): Digest {
    return this.#ledger.digest(arc, (part) => this.#table.heads(part, null));
  }

  #look<A>(look: () => A): A {
    this.#checkOpen();
    try {
      return look();
    } catch (error) {
      throw asStorageError(error, this.#folder.dataPath);
    }
  }

  #checkOpen(): void {
    if (this.#closing !== null) throw new StorageError("closed", "the volume is closed");
  }
}
