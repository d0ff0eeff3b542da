import { type FileHandle, open } from "node:fs/promises";

const intervalMs = 1000;

/** Brings what was written to the disk once a second, where commits do not wait for it. */
export class Flushing {
  readonly #file: FileHandle;
  readonly #timer: NodeJS.Timeout;
  #dirty = false;
  #flushing: Promise<void> | null = null;
  #failure: unknown = null;

  private constructor(file: FileHandle) {
    this.#file = file;
    this.#timer = setInterval(() => {
      // A flush of nothing would be over before it is kept here, and stay for ever as the one under way.
      if (this.#dirty) this.#flushing ??= this.#flush();
    }, intervalMs);
    this.#timer.unref();
  }

  static async of(path: string): Promise<Flushing> {
    return new Flushing(await open(path, "r+"));
  }

  /** Throws what a flush failed with: nobody knows what of it the disk has, and it is not told twice. */
  check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** The system has something new. */
  written(): void {
    this.#dirty = true;
  }

  /** Rejects where not all of it came to the disk. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#flushing;
    await this.#flush();
    await this.#file.close();
    this.check();
  }

  async #flush(): Promise<void> {
    const dirty = this.#dirty;
    this.#dirty = false;
    try {
      if (dirty) await this.#file.datasync();
    } catch (error) {
      this.#failure = error;
    } finally {
      this.#flushing = null;
    }
  }
}
