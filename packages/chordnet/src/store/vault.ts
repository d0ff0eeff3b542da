import type { Storage, StorageRing, Volume } from "@chordnet/storage";
import { StorageError } from "@chordnet/storage";
import { ChordNetError } from "../errors.js";

/** The storage of one node, open for one ring at a time: it outlives an attempt to join. */
export class Vault {
  readonly #storage: Storage;
  #ring: StorageRing | null = null;
  #volume: Promise<Volume> | null = null;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Rejects with `STORAGE_UNUSABLE`. */
  async open(ring: StorageRing): Promise<Volume> {
    const { name, bits, hash } = ring;
    const known = this.#ring;
    const same = known?.name === name && known.bits === bits && known.hash === hash;
    if (!same) await this.close();
    this.#ring = { name, bits, hash };
    this.#volume ??= this.#storage.open(this.#ring).catch((error: unknown) => {
      this.#volume = null;
      throw unusable(error);
    });
    return this.#volume;
  }

  /** With whom whoever wrote there last shared the ring. Rejects with `STORAGE_UNUSABLE`. */
  async company(): Promise<ReadonlyArray<string>> {
    const volume = await this.#volume;
    return (
      volume?.company().catch((error: unknown) => {
        throw unusable(error);
      }) ?? []
    );
  }

  async close(): Promise<void> {
    const volume = this.#volume;
    this.#volume = null;
    await volume?.then(
      (open) => open.close(),
      () => undefined,
    );
  }
}

function unusable(error: unknown): unknown {
  if (!(error instanceof StorageError)) return error;
  const { code, message } = error;
  return new ChordNetError("STORAGE_UNUSABLE", { reason: code, detail: message }, { cause: error });
}
