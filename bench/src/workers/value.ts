/** What a store is measured at. */
export type ValueDeed = "put" | "get";

/** As long as hyperdht takes them, in one datagram. */
const valueBytes = 900;

/** Each another one. */
export function valueAt(place: number): Uint8Array {
  const value = Buffer.alloc(valueBytes, `value ${place} `);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
