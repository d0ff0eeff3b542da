/**
 * When a write counts as done.
 *
 * - `always`: when the disk has it. A crash of the machine loses nothing that was acknowledged.
 * - `interval`: when the system has it, which brings it to the disk once a second. A crash of the process loses
 *   nothing; one of the machine loses up to a second, and in rare cases makes the folder unreadable.
 */
export type Sync = "always" | "interval";

export interface LmdbOptions {
  /** The folder, which is made where it is not there; one for each node, on a local disk. */
  readonly path: string;
  /** `always` unless told. */
  readonly sync?: Sync | undefined;
  /**
   * How much it takes, as `Usage` counts it; without limit unless told. The file may be twice as large, and some MiB:
   * half of the disk is a good choice.
   */
  readonly quotaBytes?: number | undefined;
}
