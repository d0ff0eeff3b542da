import type {
  Arc,
  Company,
  Digest,
  Entry,
  EntryHead,
  EntryName,
  Millis,
  Space,
  StoreEffect,
  StoreHappening,
} from "@chordnet/core";
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
  /** At most that many of them, from behind a name on (null: from the first), and whether there are more. */
  page(arc: Arc, after: EntryName | null, most: number): readonly [ReadonlyArray<EntryHead>, more: boolean] {
    const all = this.heads(arc);
    const isLast = ({ id, key }: EntryName): boolean => id === after?.id && `${key}` === `${after.key}`;
    const from = after === null ? 0 : 1 + all.findIndex(isLast);
    const heads = all.slice(from, from + most);
    return [heads, from + heads.length < all.length];
  }
}

/** What a store wants to know of what its disk has. */
export type DiskQuestion = Extract<StoreEffect, { readonly _tag: "Read" | "Digests" | "Listing" | "Page" }>;

/** What the disk has to say to that. */
export function readFrom(disk: Disk, question: DiskQuestion): StoreHappening {
  const { task } = question;
  switch (question._tag) {
    case "Read":
      return {
        _tag: "EntriesRead",
        task,
        entries: question.names.map((name) => disk.read(name)),
        damaged: [],
      };
    case "Digests":
      return { _tag: "DigestsRead", task, digests: question.arcs.map((arc) => disk.digest(arc)) };
    case "Listing":
      return { _tag: "HeadsRead", task, lists: question.arcs.map((arc) => disk.heads(arc)), more: false };
    case "Page": {
      const [heads, more] = disk.page(question.arc, question.after, question.entriesMax);
      return { _tag: "HeadsRead", task, lists: [heads], more };
    }
  }
}
