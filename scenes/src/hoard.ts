/** The key that the hoard belongs to: it moves to whoever owns this. */
export const hoardKey = "the hoard";

export const hoardBytes = 1_073_741_824;

const periodBytes = 1_000_003;
const period = Buffer.from(
  Uint8Array.from({ length: periodBytes }, (_, i) => (Math.imul(i, 0x9e3779b1) >>> 24) & 0xff),
);
const pieceBytes = 262_144;

/** The bytes of the hoard, made as they are read: what keeps them is no matter of the ring's. */
export function* hoard(): Generator<Uint8Array> {
  for (let at = 0; at < hoardBytes; ) {
    const piece = from(at, Math.min(pieceBytes, hoardBytes - at));
    yield piece;
    at += piece.length;
  }
}

/** Whether these are the hoard's bytes at this place. */
export function isHoard(bytes: Uint8Array, offset: number): boolean {
  for (let at = 0; at < bytes.length; ) {
    const expected = from(offset + at, bytes.length - at);
    if (expected.compare(bytes, at, at + expected.length) !== 0) return false;
    at += expected.length;
  }
  return offset + bytes.length <= hoardBytes;
}

/** At most so many of the bytes from there on. */
function from(offset: number, most: number): Buffer {
  const start = offset % periodBytes;
  return period.subarray(start, Math.min(periodBytes, start + most));
}
