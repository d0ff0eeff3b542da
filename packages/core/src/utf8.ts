/**
 * UTF-8 without the platform's `TextEncoder`, which a pure core can't count on. Unpaired surrogates become U+FFFD, as
 * the platform has it.
 */
export function utf8(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  writeUtf8(text, bytes, 0);
  return bytes;
}

/** How many bytes `utf8(text)` has. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 0x80) continue;
    const point = scalarAt(text, i);
    if (point > 0xffff) i++;
    // Its unit is counted already, and where it has two, both are.
    length += point < 0x800 ? 1 : 2;
  }
  return length;
}

/** Writes `text` at `offset`, which must have room for `utf8Length(text)` bytes; returns the offset behind it. */
export function writeUtf8(text: string, into: Uint8Array, offset: number): number {
  let at = offset;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      into[at++] = unit;
      continue;
    }
    const point = scalarAt(text, i);
    if (point > 0xffff) i++;
    const tail = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    into[at++] = lead(tail, point);
    for (let left = tail - 1; left >= 0; left--) into[at++] = 0x80 | ((point >> (6 * left)) & 0x3f);
  }
  return at;
}

/** Reads UTF-8, strictly: null for bytes that no encoder writes (overlong, surrogates, past U+10FFFF, cut short). */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string | null {
  let text = "";
  let at = start;
  while (at < end) {
    const first = bytes[at++] as number;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      continue;
    }
    const tail = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4 || at + tail > end) return null;
    let point = first & (0x3f >> tail);
    for (let i = 0; i < tail; i++) {
      const next = bytes[at++] as number;
      if ((next & 0xc0) !== 0x80) return null;
      point = (point << 6) | (next & 0x3f);
    }
    const least = tail === 1 ? 0x80 : tail === 2 ? 0x800 : 0x10000;
    if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return null;
    text += String.fromCodePoint(point);
  }
  return text;
}

function lead(tail: number, point: number): number {
  const mark = tail === 1 ? 0xc0 : tail === 2 ? 0xe0 : 0xf0;
  return mark | (point >> (6 * tail));
}

function scalarAt(text: string, at: number): number {
  const point = text.codePointAt(at) as number;
  return point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
}
