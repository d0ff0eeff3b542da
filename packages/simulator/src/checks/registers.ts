import type { Address, Epoch, Id, Millis } from "@chordnet/core";
import type { Broken } from "./violation.js";

/** Who writes, under which epoch, and since when it claims the key. */
export interface Writer {
  readonly owner: Address;
  readonly epoch: Epoch;
  readonly since: Millis;
}

/**
 * What users feel of double claims: for each key a register that checks the epoch. A client looks up the owner, and
 * some time later the write arrives, in the owner's name and with its epoch. The register refuses epochs that are lower
 * than the highest it saw, and that must be enough: it may never accept a write of one who owned the key before the
 * last writer did.
 */
export class Registers {
  private readonly latest = new Map<Id, Writer>();

  write(key: Id, writer: Writer): Broken | null {
    const last = this.latest.get(key);
    if (this.refuses(key, writer.epoch)) return null;
    this.latest.set(key, writer);
    if (last === undefined || last.owner === writer.owner || last.since <= writer.since) return null;
    return { _tag: "StaleWrite", key, last: last.owner, stale: writer.owner };
  }

  /** Whether a write with this epoch is refused: for ever, as epochs in the register never fall. */
  refuses(key: Id, epoch: Epoch): boolean {
    const last = this.latest.get(key);
    return last !== undefined && epoch < last.epoch;
  }
}
