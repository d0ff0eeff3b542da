import type { Company, EntryHead, EntryName } from "@chordnet/core";
import { type Batch, type Change, type Ledger, planBatch } from "@chordnet/storage";
import { writeCompany } from "./company.js";
import { asStorageError, commitFailure } from "./failure.js";
import { pagesNeeded } from "./need.js";
import type { Room } from "./room.js";
import type { Table } from "./table.js";

interface Waiting {
  readonly batch: Batch;
  readonly resolve: (stands: ReadonlyArray<EntryHead>) => void;
  readonly reject: (error: unknown) => void;
}

/** Batches that go to the disk together. */
interface Group {
  readonly changes: Map<string, Change>;
  company: ReadonlyArray<Company> | null;
  readonly batches: Array<Waiting & { readonly stands: ReadonlyArray<EntryHead> }>;
}

/**
 * Writes batches in their order, one commit at a time: what comes while one is under way waits, and shares the next. So
 * many writes at once cost few waits for the disk, and each batch is planned on what is committed.
 */
export class Commits {
  readonly #table: Table;
  readonly #ledger: Ledger;
  readonly #room: Room;
  readonly #dataPath: string;
  #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;

  constructor(table: Table, ledger: Ledger, room: Room, dataPath: string) {
    this.#table = table;
    this.#ledger = ledger;
    this.#room = room;
    this.#dataPath = dataPath;
  }

  write(batch: Batch): Promise<ReadonlyArray<EntryHead>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Calls between two commits, when table and ledger tell of the same moment. */
  async between<A>(look: () => A): Promise<A> {
    while (this.#running !== null) await this.#running;
    return look();
  }

  async #run(): Promise<void> {
    // Those of this turn of the event loop go together.
    await Promise.resolve();
    const waiting = this.#waiting;
    this.#waiting = [];
    await this.#commit(waiting);
    this.#running = this.#waiting.length === 0 ? null : this.#run();
  }

  async #commit(waiting: ReadonlyArray<Waiting>): Promise<void> {
    const group = this.#plan(waiting);
    const { changes, company, batches } = group;
    if (batches.length === 0) return;
    try {
      await this.#takeRoom(group);
      await this.#table.commit(changes.values(), company);
      this.#ledger.record(changes.values());
      for (const { resolve, stands } of batches) resolve(stands);
    } catch (error) {
      const failure = await commitFailure(error, this.#dataPath).catch((cause: unknown) =>
        asStorageError(cause, this.#dataPath),
      );
      // For one there may be room where there is none for all.
      if (failure.code === "full" && batches.length > 1)
        for (const batch of batches) await this.#commit([batch]);
      else for (const { reject } of batches) reject(failure);
    }
  }

  #takeRoom({ changes, company }: Group): Promise<void> {
    const pages = this.#table.pages();
    const adds = [...changes.values()].some(keepsMore);
    const noteBytes = company === null ? 0 : writeCompany(company).length;
    return this.#room.take(pagesNeeded(changes.values(), noteBytes, pages), adds, pages);
  }

  #plan(waiting: ReadonlyArray<Waiting>): Group {
    const group: Group = { changes: new Map(), company: null, batches: [] };
    const standing = (name: EntryName, text: string): EntryHead | null => {
      const change = group.changes.get(text);
      return change === undefined ? this.#table.head(name) : change.after;
    };
    let pendingBytes = 0;
    for (const each of waiting) {
      const { batch } = each;
      try {
        const { changes, stands } = planBatch(batch, standing);
        pendingBytes += this.#ledger.admit(changes.values(), pendingBytes);
        for (const [text, change] of changes) {
          const first = group.changes.get(text);
          group.changes.set(text, first === undefined ? change : { ...change, before: first.before });
        }
        group.company = batch.company ?? group.company;
        group.batches.push({ ...each, stands });
      } catch (error) {
        each.reject(asStorageError(error, this.#dataPath));
      }
    }
    return group;
  }
}

/** Not so where it only deletes: a tombstone in the place of a value takes less, in that of a tombstone the same. */
function keepsMore({ before, after }: Change): boolean {
  return after !== null && (before === null || after.value !== null);
}
