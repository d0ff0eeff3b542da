import type { Entry, EntryName } from "@chordnet/core";
import { formatId, wholeCircle } from "@chordnet/core";
import type { Piece } from "@chordnet/storage";
import type { CallOptions } from "../api.js";
import type { Call } from "../call.js";
import { within } from "../call.js";
import type { Runtime } from "../member/runtime.js";
import type { HeldValue, MemberStore } from "./api.js";
import { unusable } from "./unusable.js";
import type { ValuesPorts } from "./values.js";
import { Values } from "./values.js";

/** Read at once of what a node keeps. */
const pageEntries = 256;
const pageBytes = 1_048_576;

export interface MemberValuesPorts extends ValuesPorts {
  /** Throws where there is none. */
  member(): Runtime;
  /** Throws `BAD_OPTION` or `ABORTED`. */
  call(what: string, options: CallOptions | undefined): Call;
}

/** The ring's values, and what a member itself keeps of them. */
export class MemberValues extends Values implements MemberStore {
  readonly #ports: MemberValuesPorts;

  constructor(ports: MemberValuesPorts) {
    super(ports);
    this.#ports = ports;
  }

  async *held(options?: CallOptions): AsyncIterableIterator<HeldValue> {
    const runtime = this.#ports.member();
    const { space } = runtime.known;
    const volume = await runtime.volume();
    for (let after: EntryName | null = null, more = true; more; ) {
      const call = this.#ports.call("held", options);
      const page: Promise<Piece<Entry>> = volume
        .entries(wholeCircle, { after, entriesMax: pageEntries, bytesMax: pageBytes })
        .catch(refuse);
      const piece = await runtime.end.or(within(runtime.clock, call, page));
      for (const { id, key, version, value } of piece.items) {
        if (value === null) continue;
        // A storage in memory gives what it keeps, and not a copy.
        yield { id: formatId(space, id), key: new Uint8Array(key), version, bytes: new Uint8Array(value) };
      }
      after = piece.items.at(-1) ?? null;
      more = piece.more;
    }
  }
}

function refuse(error: unknown): never {
  throw unusable(error);
}
