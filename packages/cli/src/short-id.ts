/** Enough digits to tell nodes and keys apart by eye. */
export function shortId(id: string): string {
  return id.length > 10 ? `${id.slice(0, 9)}…` : id;
}

/** The keys after `from`, up to and with `to`: all there are where these are the same. */
export function shortRange({ from, to }: { readonly from: string; readonly to: string }): string {
  return from === to ? "the whole circle" : `(${shortId(from)}, ${shortId(to)}]`;
}
