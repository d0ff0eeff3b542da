import { LateMap } from "@chordnet/core";
import { isClientName } from "../client-name.js";
import type { FailureReason, TransportEvent } from "../transport.js";

type SendFailed = Extract<TransportEvent, { readonly _tag: "SendFailed" }>;

interface Entry {
  readonly peer: string;
  readonly reason: FailureReason;
  readonly frames: Uint8Array[];
  dropped: number;
}

/**
 * What is to be told as failed at the end of the turn. It holds frames as queues do, and so has a bound as they have:
 * who is refused for want of memory must not be kept in memory for it.
 */
export class Failures {
  readonly #limitBytes: number;
  readonly #entries = new LateMap<string, Entry>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Keeps a copy of the frame while there is room; past that only the reason is told, and of how many frames. */
  refuse(peer: string, frame: Uint8Array, reason: FailureReason): void {
    const entry = this.#entry(peer, reason);
    const bytes = frame.length + overheadBytes;
    // A client that does not read its answers gets no memory for more of them.
    const behind = reason === "overloaded" && isClientName(peer);
    if (behind || this.#bytes + bytes > this.#limitBytes) {
      entry.dropped += 1;
      return;
    }
    this.#bytes += bytes;
    entry.frames.push(frame.slice());
  }

  /** Frames that left a queue, whose bound they kept. */
  give(peer: string, frames: ReadonlyArray<Uint8Array>, reason: FailureReason): void {
    const entry = this.#entry(peer, reason);
    for (const frame of frames) entry.frames.push(frame);
  }

  /** Empties it. */
  take(): ReadonlyArray<SendFailed> {
    if (this.#entries.size === 0) return none;
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    this.#bytes = 0;
    return entries.map(({ peer, reason, frames, dropped }) => {
      const failed: SendFailed = { _tag: "SendFailed", peer, frames, reason };
      return dropped === 0 ? failed : { ...failed, dropped };
    });
  }

  #entry(peer: string, reason: FailureReason): Entry {
    const key = `${reason} ${peer}`;
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry: Entry = { peer, reason, frames: [], dropped: 0 };
    this.#entries.set(key, entry);
    return entry;
  }
}

const none: ReadonlyArray<never> = [];

/** An empty frame takes memory, too. */
const overheadBytes = 128;
