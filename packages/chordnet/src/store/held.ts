import type { Entry, EntryName } from "@chordnet/core";
import { formatId, wholeCircle } from "@chordnet/core";
import type { Piece } from "@chordnet/storage";
import type { Runtime } from "../runtime.js";
import type { HeldValue, MemberStore } from "./api.js";
import { unusable } from "./unusable.js";
import type { ValuesPorts } from "./values.js";
import { Values } from "./values.js";

/** Read at once of what a node keeps. */
const pageEntries = 256;
const pageBytes = 1_048_576;

/** The ring's values, and what a member itself keeps of them. */
export class MemberValues extends Values implements MemberStore {
  readonly #member: () => Runtime;

  /** `member` throws where there is none. */
  constructor(member: () => Runtime, ports: ValuesPorts) {
    super(ports);
    this.#member = member;
  }

  async *held(): AsyncIterableIterator<HeldValue> {
    const runtime = this.#member();
    const { space } = runtime.known;
    const volume = await runtime.volume();
    for (let after: EntryName | null = null, more = true; more; ) {
      const piece: Piece<Entry> = await volume
        .entries(wholeCircle, { after, entriesMax: pageEntries, bytesMax: pageBytes })
        .catch(refuse);
      for (const { id, key, version, value } of piece.items) {
        if (value !== null) yield { id: formatId(space, id), key, version, bytes: value };
      }
      after = piece.items.at(-1) ?? null;
      more = piece.more;
    }
  }
}

function refuse(error: unknown): never {
  throw unusable(error);
}
