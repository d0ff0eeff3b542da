import type { Company, EntryHead, EntryName } from "@chordnet/core";
import { type Batch, type Change, type Ledger, planBatch } from "@chordnet/storage";
import { asStorageError, commitFailure } from "./failure.js";
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
  readonly done: Array<() => void>;
  readonly failed: Array<(error: unknown) => void>;
}

/**
 * Writes batches in their order, one commit at a time: what comes while one is under way waits, and shares the next. So
 * many writes at once cost few waits for the disk, and each batch is planned on what is committed.
 */
export class Commits {
  readonly #table: Table;
  readonly #ledger: Ledger;
  readonly #dataPath: string;
  #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;

  constructor(table: Table, ledger: Ledger, dataPath: string) {
    this.#table = table;
    this.#ledger = ledger;
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
    const group = this.#plan(waiting);
    try {
      if (group.done.length > 0) await this.#table.commit(group.changes.values(), group.company);
      this.#ledger.record(group.changes.values());
      for (const done of group.done) done();
    } catch (error) {
      const failure = await commitFailure(error, this.#dataPath).catch((cause: unknown) =>
        asStorageError(cause, this.#dataPath),
      );
      for (const failed of group.failed) failed(failure);
    }
    this.#running = this.#waiting.length === 0 ? null : this.#run();
  }

  #plan(waiting: ReadonlyArray<Waiting>): Group {
    const group: Group = { changes: new Map(), company: null, done: [], failed: [] };
    const standing = (name: EntryName, text: string): EntryHead | null => {
      const change = group.changes.get(text);
      return change === undefined ? this.#table.head(name) : change.after;
    };
    let pendingBytes = 0;
    for (const { batch, resolve, reject } of waiting) {
      try {
        const { changes, stands } = planBatch(batch, standing);
        pendingBytes += this.#ledger.admit(changes.values(), pendingBytes);
        for (const [text, change] of changes) {
          const first = group.changes.get(text);
          group.changes.set(text, first === undefined ? change : { ...change, before: first.before });
        }
        group.company = batch.company ?? group.company;
        group.done.push(() => resolve(stands));
        group.failed.push(reject);
      } catch (error) {
        reject(asStorageError(error, this.#dataPath));
      }
    }
    return group;
  }
}
