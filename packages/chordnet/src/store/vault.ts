import type { Company } from "@chordnet/core";
import type { Storage, StorageRing, Volume } from "@chordnet/storage";
import type { Clock, Logger } from "../ports.js";
import { unusable } from "./unusable.js";

export interface VaultPorts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A storage that has not closed by then may never: nobody waits longer for a disk that hangs. */
const closeMsMax = 2_000;

/** The storage of one node, open for one ring at a time: it outlives an attempt to join. */
export class Vault {
  readonly #ports: VaultPorts;
  #ring: StorageRing | null = null;
  #volume: Promise<Volume> | null = null;

  constructor(ports: VaultPorts) {
    this.#ports = ports;
  }

  /** Rejects with `STORAGE_UNUSABLE`. */
  async open(ring: StorageRing): Promise<Volume> {
    const { name, bits, hash } = ring;
    const known = this.#ring;
    const same = known?.name === name && known.bits === bits && known.hash === hash;
    if (!same) await this.close();
    this.#ring = { name, bits, hash };
    const opening = this.#volume ?? this.#open(this.#ring);
    this.#volume = opening;
    try {
      return await opening;
    } catch (error) {
      if (this.#volume === opening) this.#volume = null;
      throw unusable(error);
    }
  }

  /** With whom whoever wrote there last kept which arcs. Rejects with `STORAGE_UNUSABLE`. */
  async company(): Promise<ReadonlyArray<Company>> {
    try {
      const volume = await this.#volume;
      return (await volume?.company()) ?? [];
    } catch (error) {
      throw unusable(error);
    }
  }

  /** Never rejects: what cannot be closed is logged, and left. */
  async close(): Promise<void> {
    const volume = this.#volume;
    this.#volume = null;
    if (volume === null) return;
    const { clock, logger } = this.#ports;
    const closed = volume.then((open) => this.#closed(open), ignore);
    await new Promise<void>((resolve) => {
      const cancelTimer = clock.after(closeMsMax, () => {
        logger.error(`the storage has not closed within ${closeMsMax} ms: it is left as it is`);
        resolve();
      });
      void closed.finally(cancelTimer).then(resolve);
    });
  }

  async #open(ring: StorageRing): Promise<Volume> {
    return this.#ports.storage.open(ring);
  }

  async #closed(open: Volume): Promise<void> {
    try {
      await open.close();
    } catch (error) {
      this.#ports.logger.error("the storage could not be closed", error);
    }
  }
}

/** Who opened it was told why it did not open. */
const ignore = (): void => undefined;
