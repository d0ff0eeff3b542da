import type { EntryHead, EntryName, Id, Space } from "@chordnet/core";
import type { Stretch } from "@chordnet/storage";

/**
 * How names and heads are written. A name is its place, big-endian in as many bytes as the circle needs, and the key
 * behind it: so the file's order is that of the circle. LMDB takes 1,978 bytes; there are 1,056 at most.
 */
export interface Encoding {
  name(name: EntryName): Buffer;
  head(head: EntryHead): Buffer;
  readHead(name: Buffer, head: Buffer): EntryHead;
  /** The stretch in the order of the file, `end` not included; without `end`: to the file's. */
  range(stretch: Stretch): { readonly start: Buffer; readonly end?: Buffer };
}

/** Version 8, whether it was deleted 1, when 8, length of the value 4, fingerprint 8. */
const headBytes = 29;

export function encodingOf(ring: Space): Encoding {
  const idBytes = Math.ceil(ring.bits / 8);
  const writeName = ({ id, key }: EntryName): Buffer => {
    const bytes = Buffer.allocUnsafe(idBytes + key.length);
    bytes.write(id.toString(16).padStart(2 * idBytes, "0"), "hex");
    bytes.set(key, idBytes);
    return bytes;
  };
  return {
    name: writeName,
    head: ({ version, deletedAtMs, valueBytes, fingerprint }) => {
      const bytes = Buffer.allocUnsafe(headBytes);
      bytes.writeDoubleBE(version, 0);
      bytes.writeUInt8(deletedAtMs === null ? 0 : 1, 8);
      bytes.writeDoubleBE(deletedAtMs ?? 0, 9);
      bytes.writeUInt32BE(valueBytes, 17);
      bytes.writeBigUInt64BE(fingerprint, 21);
      return bytes;
    },
    readHead: (name, head) => ({
      id: BigInt(`0x${name.toString("hex", 0, idBytes)}`) as Id,
      key: new Uint8Array(name.subarray(idBytes)),
      version: head.readDoubleBE(0),
      deletedAtMs: head.readUInt8(8) === 0 ? null : head.readDoubleBE(9),
      valueBytes: head.readUInt32BE(17),
      fingerprint: head.readBigUInt64BE(21),
    }),
    range: ({ from, to }) => {
      const start = writeName(from);
      if (to === ring.mask) return { start };
      return { start, end: writeName({ id: (to + 1n) as Id, key: Buffer.of() }) };
    },
  };
}
