import type { Codec, Config, Random } from "@chordnet/core";
import { below } from "@chordnet/core";
import { messages } from "@chordnet/simulator/testing";
import fc from "fast-check";

/** Frames for a decoder: well-formed ones with absurd contents, and what was made of those by damaging them. */
export class HostileFrames {
  readonly #wellFormed: ReadonlyArray<Uint8Array>;
  #random: Random;

  /** `addresses`: whom the messages concern; half of the contents are drawn from all that the wire can carry. */
  constructor(codec: Codec, config: Config, addresses: ReadonlyArray<string>, seed: number, random: Random) {
    const address = fc.constantFrom(...addresses);
    const epoch = fc.oneof(fc.nat(100), fc.constantFrom(0, 1, 1_700_000_000_000, Number.MAX_SAFE_INTEGER));
    const near = messages(config.space, config.naming, undefined, { address, epoch }).envelope;
    const far = messages(config.space, config.naming).envelope;
    this.#wellFormed = fc
      .sample(fc.oneof(near, far), { seed, numRuns: poolSize })
      .map((envelope) => codec.encode(envelope).slice());
    this.#random = random;
  }

  /** Well-formed, and as often damaged. */
  next(): Uint8Array {
    const frame = this.#wellFormed[this.#below(this.#wellFormed.length)] ?? new Uint8Array(0);
    return this.#below(damages) < damages / 2 ? frame : this.#damaged(frame);
  }

  /** 0 to `limit` - 1. */
  #below(limit: number): number {
    const [value, random] = below(this.#random, limit);
    this.#random = random;
    return value;
  }

  #damaged(frame: Uint8Array): Uint8Array {
    switch (this.#below(5)) {
      case 0:
        return frame.slice(0, this.#below(frame.length + 1));
      case 1:
        return Uint8Array.from({ length: this.#below(200) }, () => this.#below(256));
      case 2: {
        const other = this.#wellFormed[this.#below(this.#wellFormed.length)] ?? frame;
        return Uint8Array.of(
          ...frame.slice(0, this.#below(frame.length)),
          ...other.slice(this.#below(other.length)),
        );
      }
      case 3:
        return Uint8Array.of(...frame, ...frame.slice(0, this.#below(64)));
      default: {
        const changed = frame.slice();
        for (let i = this.#below(4); i >= 0; i -= 1) changed[this.#below(frame.length)] = this.#below(256);
        return changed;
      }
    }
  }
}

const poolSize = 20_000;

const damages = 100;
