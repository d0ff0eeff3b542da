/** Enough digits to tell nodes and keys apart by eye. */
export function shortId(id: string): string {
  return id.length > 10 ? `${id.slice(0, 9)}…` : id;
}
