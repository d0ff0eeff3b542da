import type { EntryHead } from "@chordnet/core";
import type { Batch, Volume } from "@chordnet/storage";
import { StorageError } from "@chordnet/storage";

type Stands = ReadonlyArray<EntryHead>;

/**
 * Writes to a volume in the order of the calls. What only makes room, and finds none for all of it at once, is done in
 * halves: else a disk that is full would stay so.
 */
export class Writes {
  readonly #volume: Volume;
  /** The latest of what may be done in halves: what comes after it waits, as it may put what that drops. */
  #parting: Promise<unknown> | null = null;

  constructor(volume: Volume) {
    this.#volume = volume;
  }

  write(batch: Batch): Promise<Stands> {
    if (halves(batch) === null) return this.#behind(() => this.#volume.write(batch));
    const written = this.#behind(() => this.#inHalves(batch));
    const parting = written.catch(() => undefined);
    this.#parting = parting;
    // The first to hear of it: those that wait begin in the same turn, before any that comes later.
    void parting.then(() => {
      if (this.#parting === parting) this.#parting = null;
    });
    return written;
  }

  #behind(begin: () => Promise<Stands>): Promise<Stands> {
    return this.#parting === null ? begin() : this.#parting.then(begin);
  }

  async #inHalves(batch: Batch): Promise<Stands> {
    try {
      return await this.#volume.write(batch);
    } catch (error) {
      const [first, second] = halves(batch) ?? [];
      if (!(first && second && error instanceof StorageError && error.code === "full")) throw error;
      return [...(await this.#inHalves(first)), ...(await this.#inHalves(second))];
    }
  }
}

/** Null: the batch keeps something, or is a single thing. */
function halves({ put = [], drop = [] }: Batch): readonly [Batch, Batch] | null {
  if (put.some(({ value }) => value !== null) || put.length + drop.length < 2) return null;
  if (put.length > 0 && drop.length > 0) return [{ put }, { drop }];
  const middle = Math.ceil((put.length + drop.length) / 2);
  return [
    { put: put.slice(0, middle), drop: drop.slice(0, middle) },
    { put: put.slice(middle), drop: drop.slice(middle) },
  ];
}
