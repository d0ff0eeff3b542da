import type { Arc, Company, Digest, Entry, EntryHead, EntryName, Millis, Space } from "@chordnet/core";
import { arcsOf, compareNames, digestOf, headOf, nameText, supersedes } from "@chordnet/core";

/** What is to be written together. */
interface Batch {
  readonly put: ReadonlyArray<Entry>;
  readonly drop: ReadonlyArray<EntryHead>;
}

/** A process's disk: it outlives the process, which loses what was not yet written. */
export class Disk {
  readonly entries: Map<string, Entry> = new Map();
  /** With whom the process kept which arcs. */
  company: ReadonlyArray<Company> = [];
  /** When all that was begun will have been written. */
  settledAt: Millis = 0;
  private readonly space: Space;

  constructor(space: Space) {
    this.space = space;
  }

  /** Gives what stands now. */
  write({ put, drop }: Batch): ReadonlyArray<EntryHead> {
    const stands = put.map((entry) => {
      const name = nameText(entry);
      const stood = this.entries.get(name);
      if (stood === undefined || supersedes(entry, stood)) this.entries.set(name, entry);
      return headOf(this.entries.get(name) ?? entry);
    });
    for (const head of drop) {
      const name = nameText(head);
      if (this.entries.get(name)?.fingerprint === head.fingerprint) this.entries.delete(name);
    }
    return stands;
  }

  read(name: EntryName): Entry | null {
    return this.entries.get(nameText(name)) ?? null;
  }

  digest(arc: Arc): Digest {
    return digestOf(this.heads(arc));
  }

  heads(arc: Arc): ReadonlyArray<EntryHead> {
    const { has } = arcsOf(this.space);
    return [...this.entries.values()]
      .filter(({ id }) => has(arc, id))
      .sort(compareNames)
      .map(headOf);
  }
}
