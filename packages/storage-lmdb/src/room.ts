import { type FileHandle, open } from "node:fs/promises";
import { fullCodes, noRoom } from "./failure.js";
import { freeWithin, type Pages } from "./need.js";

/** A quarter of what there is, within these bounds. */
const reserveLeast = 512 * 1024;
const reserveMost = 8 * 1024 * 1024;
/** The file grows by so much at once, or by what the reserve is. */
const stepMost = 1024 * 1024;

const zeros = new Uint8Array(256 * 1024);

/** The file behind LMDB's last page. */
export interface Tail {
  /** Writes so many zeros there, or as many as the disk has room for, and resolves with how many. */
  extend(at: number, bytes: number): Promise<number>;
}

/**
 * Room on the disk for commits to come. Where LMDB finds none for a page, it may take the process down, so it is never
 * let come to that: behind its last page the file has zeros, for which the disk has room therefore, whatever others
 * write; and a commit begins only where they are as many as it takes at most.
 *
 * On a full disk these zeros are all there is, since LMDB's file never gets shorter. What deletes may take any of them.
 * What adds has to find its place among the pages that are free within; where it does not, such as for a value that is
 * longer than each gap, LMDB takes from the zeros. Half of them are not for that, and the fewer of the other half are
 * left, the more pages have to be free.
 */
export class Room {
  readonly #tail: Tail;
  readonly #dataPath: string;
  /** Where the zeros end, those of this process: what it finds there might be a gap that takes no room. */
  #end = 0;

  constructor(tail: Tail, dataPath: string) {
    this.#tail = tail;
    this.#dataPath = dataPath;
  }

  /**
   * Rejects with `full` where the commit is not to be begun. Not to be called while one is under way.
   *
   * @param needed how many pages it takes at most
   * @param adds whether there is more than before when it is done
   */
  async take(needed: number, adds: boolean, pages: Pages): Promise<void> {
    const used = pages.used * pages.pageBytes;
    const takes = needed * pages.pageBytes;
    const reserve = Math.min(reserveMost, Math.max(reserveLeast, used / 4));
    const left = (await this.#reach(used, takes + reserve, Math.min(reserve, stepMost))) - used;
    if (left >= takes + reserve) return;
    const spare = left - takes - reserve / 2;
    const fits = adds ? spare > 0 && freeWithin(pages) * spare >= (needed * reserve) / 2 : left >= takes;
    if (!fits) throw noRoom(this.#dataPath);
  }

  /** Where the zeros end that are to be `wanted` from `used` on; as far as the disk has room. */
  async #reach(used: number, wanted: number, step: number): Promise<number> {
    this.#end = Math.max(this.#end, used);
    const missing = Math.ceil(used + wanted - this.#end);
    if (missing > 0) this.#end += await this.#tail.extend(this.#end, missing + step);
    return this.#end;
  }
}

export class FileTail implements Tail {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async of(path: string): Promise<FileTail> {
    return new FileTail(await open(path, "r+"));
  }

  async extend(at: number, bytes: number): Promise<number> {
    let done = 0;
    try {
      while (done < bytes) {
        const length = Math.min(zeros.length, bytes - done);
        done += (await this.#file.write(zeros, 0, length, at + done)).bytesWritten;
      }
    } catch (error) {
      if (!fullCodes.has((error as NodeJS.ErrnoException).code)) throw error;
    }
    return done;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
