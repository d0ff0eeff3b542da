/**
 * A running hash of values: 64 bits in two lanes of 32, each a multiply and rotate per word as in MurmurHash3: quick,
 * and no secret. Big integers count with their lowest 64 bits.
 */
export class Digest {
  private low = 0x9e3779b9 | 0;
  private high = 0x243f6a88 | 0;
  private readonly texts = new Map<string, number>();
  /** Texts that came last, each in the place that its last letters tell, and what they count as. */
  private readonly latest: string[] = new Array(latestPlaces).fill("");
  private readonly latestWords = new Int32Array(latestPlaces).fill(textStart);
  private readonly double = new Float64Array(1);
  private readonly integer = new BigUint64Array(this.double.buffer);
  private readonly words = new Int32Array(this.double.buffer);

  /** 16 hexadecimal digits. */
  toString(): string {
    return hex(this.high) + hex(this.low);
  }

  /** Anything: of an object each value, in the order of its keys; of a list each element, and how many these are. */
  value(value: unknown): void {
    // No `switch`: what it compares is the name of the type, each time.
    if (typeof value === "number") this.number(value);
    else if (typeof value === "string") this.text(value);
    else if (typeof value === "bigint") this.big(value);
    else if (typeof value === "object" && value !== null) this.object(value);
    // Null is neither `false` nor `true`.
    else this.word(value === true ? 1 : value === null ? 2 : 0);
  }

  object(value: object): void {
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) this.value(value[i]);
      this.word(value.length);
    } else for (const key in value) this.value(value[key as keyof typeof value]);
  }

  /** Most texts are the very ones that were met before. */
  text(text: string): void {
    const { length } = text;
    if (length < 3) return this.word(this.wordOf(text));
    const last = text.charCodeAt(length - 1) + 31 * text.charCodeAt(length - 2);
    const place = (last + 961 * text.charCodeAt(length - 3)) & (latestPlaces - 1);
    if (this.latest[place] !== text) {
      this.latest[place] = text;
      this.latestWords[place] = this.wordOf(text);
    }
    this.word(this.latestWords[place] as number);
  }

  number(value: number): void {
    if ((value | 0) === value) return this.word(value);
    this.double[0] = value;
    this.both();
  }

  big(value: bigint): void {
    this.integer[0] = value;
    this.both();
  }

  boolean(value: boolean): void {
    this.word(value ? 1 : 0);
  }

  word(word: number): void {
    const low = Math.imul(this.low ^ word, 0xcc9e2d51);
    this.low = (low << 13) | (low >>> 19);
    const high = Math.imul(this.high ^ this.low ^ word, 0x1b873593);
    this.high = (((high << 15) | (high >>> 17)) + 0x52dce729) | 0;
  }

  /** As two times `word`: the lanes are read and written once. */
  private both(): void {
    const one = this.words[0] as number;
    const other = this.words[1] as number;
    const low = Math.imul(this.low ^ one, 0xcc9e2d51);
    const lowBetween = (low << 13) | (low >>> 19);
    const high = Math.imul(this.high ^ lowBetween ^ one, 0x1b873593);
    const highBetween = (((high << 15) | (high >>> 17)) + 0x52dce729) | 0;
    const lower = Math.imul(lowBetween ^ other, 0xcc9e2d51);
    this.low = (lower << 13) | (lower >>> 19);
    const higher = Math.imul(highBetween ^ this.low ^ other, 0x1b873593);
    this.high = (((higher << 15) | (higher >>> 17)) + 0x52dce729) | 0;
  }

  private wordOf(text: string): number {
    const known = this.texts.get(text);
    if (known !== undefined) return known;
    let word = textStart;
    for (let i = 0; i < text.length; i++) word = Math.imul(word ^ text.charCodeAt(i), 0x01000193);
    this.texts.set(text, word);
    return word;
  }
}

/** A power of two. */
const latestPlaces = 1024;

/** Where FNV-1a begins. */
const textStart = 0x811c9dc5 | 0;

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
