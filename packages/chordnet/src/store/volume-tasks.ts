import type {
  Arc,
  Damage,
  Entry,
  EntryHead,
  EntryName,
  StoreEffect,
  StoreHappening,
  TaskId,
} from "@chordnet/core";
import type { Batch, Volume } from "@chordnet/storage";
import { StorageError } from "@chordnet/storage";
import { Writes } from "./writes.js";

/** What a store has its storage do. */
export type StorageEffect = Extract<
  StoreEffect,
  { readonly _tag: "Read" | "Write" | "Remember" | "Digests" | "Listing" | "Page" }
>;

/** A page of heads has no more than this of keys. */
const pageBytes = 1_048_576;
const pageEntries = 4_096;

/** Has a volume do what the state machine wants, and tells what came of it: each task once. */
export class VolumeTasks {
  readonly #volume: Volume;
  readonly #writes: Writes;
  readonly #tell: (happening: StoreHappening) => void;
  readonly #failed: (error: unknown) => void;
  /** The latest of all that was to be written: the others are done before it. */
  #written: Promise<unknown> = Promise.resolve();

  constructor(volume: Volume, tell: (happening: StoreHappening) => void, failed: (error: unknown) => void) {
    this.#volume = volume;
    this.#writes = new Writes(volume);
    this.#tell = tell;
    this.#failed = failed;
  }

  run(effect: StorageEffect): void {
    this.#result(effect).then(this.#tell, (error: unknown) => {
      this.#failed(error);
      this.#tell({ _tag: "StorageFailed", task: effect.task, reason: reasonOf(error) });
    });
  }

  async #result(effect: StorageEffect): Promise<StoreHappening> {
    const { task } = effect;
    switch (effect._tag) {
      case "Read":
        return this.#read(effect.task, effect);
      case "Write":
        return this.#write(task, { put: effect.put, drop: effect.drop });
      case "Remember":
        return this.#write(task, { company: effect.company });
      case "Digests":
        return this.#settled(async () => {
          return { _tag: "DigestsRead", task, digests: await this.#volume.digests(effect.arcs) };
        });
      case "Listing":
        return this.#settled(async () => {
          const lists: ReadonlyArray<EntryHead>[] = [];
          for (const arc of effect.arcs) lists.push(await this.#all(arc));
          return { _tag: "HeadsRead", task, lists, more: false };
        });
      case "Page":
        return this.#settled(async () => {
          const { arc, after, entriesMax } = effect;
          const { items, more } = await this.#volume.heads(arc, { after, entriesMax, bytesMax: pageBytes });
          return { _tag: "HeadsRead", task, lists: [items], more };
        });
    }
  }

  async #read(
    task: TaskId,
    { names, settled }: Extract<StorageEffect, { readonly _tag: "Read" }>,
  ): Promise<StoreHappening> {
    const read = async (): Promise<StoreHappening> => {
      const damaged: Damage[] = [];
      const one = async (name: EntryName): Promise<Entry | null> => {
        try {
          return await this.#volume.read(name);
        } catch (error) {
          if (!(error instanceof StorageError && error.code === "corrupt")) throw error;
          this.#failed(error);
          damaged.push({ fingerprint: error.head?.fingerprint ?? null });
          return null;
        }
      };
      return { _tag: "EntriesRead", task, entries: await Promise.all(names.map(one)), damaged };
    };
    return settled ? this.#settled(read) : read();
  }

  async #write(task: TaskId, batch: Batch): Promise<StoreHappening> {
    const written = this.#writes.write(batch);
    this.#written = written.catch(() => undefined);
    return { _tag: "Written", task, stands: await written };
  }

  async #settled<A>(read: () => Promise<A>): Promise<A> {
    await this.#written;
    return read();
  }

  async #all(arc: Arc): Promise<ReadonlyArray<EntryHead>> {
    const all: EntryHead[] = [];
    for (let more = true; more; ) {
      const after = all.at(-1) ?? null;
      const piece = await this.#volume.heads(arc, { after, entriesMax: pageEntries, bytesMax: pageBytes });
      all.push(...piece.items);
      more = piece.more;
    }
    return all;
  }
}

function reasonOf(error: unknown): "full" | "quota" | "failed" {
  const code = error instanceof StorageError ? error.code : "failed";
  return code === "full" || code === "quota" ? code : "failed";
}
