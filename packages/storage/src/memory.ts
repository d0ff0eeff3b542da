import type { Arc, Company, Digest, Entry, EntryHead, EntryName } from "@chordnet/core";
import { headOf, space } from "@chordnet/core";
import { Ledger } from "./ledger.js";
import { cutPiece, entrySize, headSize } from "./pages.js";
import { planBatch } from "./plan.js";
import { Shelf } from "./shelf.js";
import type { Batch, Page, Piece, Storage, StorageRing, Usage, Volume } from "./storage.js";
import { StorageError } from "./storage-error.js";

export interface MemoryOptions {
  /** How much it takes, as `Usage` counts it; without limit unless told. */
  readonly quotaBytes?: number | undefined;
}

/**
 * Storage that ends with its process: each `open` begins with nothing.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { defaultRing } from "@chordnet/core";
 * import { memoryStorage } from "@chordnet/storage";
 *
 * const volume = await memoryStorage({ quotaBytes: 1_000_000 }).open(defaultRing);
 * assert.deepStrictEqual(volume.usage(), { entries: 0, bytes: 0, quotaBytes: 1_000_000 });
 * ```
 */
export function memoryStorage({ quotaBytes }: MemoryOptions = {}): Storage {
  return { open: async (ring) => new MemoryVolume(ring, quotaBytes ?? null) };
}

class MemoryVolume implements Volume {
  readonly #shelf: Shelf;
  readonly #ledger: Ledger;
  #company: ReadonlyArray<Company> = [];
  #closed = false;

  constructor({ bits }: StorageRing, quotaBytes: number | null) {
    this.#shelf = new Shelf(space(bits));
    this.#ledger = new Ledger(space(bits), quotaBytes);
  }

  async read(name: EntryName): Promise<Entry | null> {
    this.#checkOpen();
    return this.#shelf.get(name);
  }

  async write(batch: Batch): Promise<ReadonlyArray<EntryHead>> {
    this.#checkOpen();
    const { changes, stands } = planBatch(batch, (name) => this.#shelf.get(name));
    this.#ledger.admit(changes.values());
    this.#ledger.record(changes.values());
    for (const { name, after } of changes.values()) this.#shelf.set(name, after);
    this.#company = batch.company ?? this.#company;
    return stands;
  }

  async heads(arc: Arc, page: Page): Promise<Piece<EntryHead>> {
    this.#checkOpen();
    const { items, more } = cutPiece(this.#shelf.list(arc, page.after), page, headSize);
    return { items: items.map(headOf), more };
  }

  async entries(arc: Arc, page: Page): Promise<Piece<Entry>> {
    this.#checkOpen();
    return cutPiece(this.#shelf.list(arc, page.after), page, entrySize);
  }

  async digests(arcs: ReadonlyArray<Arc>): Promise<ReadonlyArray<Digest>> {
    this.#checkOpen();
    return arcs.map((arc) => this.#ledger.digest(arc, (part) => this.#shelf.list(part, null)));
  }

  async company(): Promise<ReadonlyArray<Company>> {
    this.#checkOpen();
    return this.#company;
  }

  usage(): Usage {
    return this.#ledger.usage();
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #checkOpen(): void {
    if (this.#closed) throw new StorageError("closed", "the volume is closed");
  }
}
