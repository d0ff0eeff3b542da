import { canonicalHostPort, type Driver, formatAddress, right } from "@chordnet/transport";

/** Plain, or encrypted. */
export type Scheme = "ws" | "wss";

/** `ws://host:port`, with a path if there is one. */
export const canonicalOf =
  (scheme: Scheme): Driver["canonical"] =>
  (text) => {
    const address = canonicalHostPort(text, scheme);
    return address._tag === "Left" ? address : right(formatAddress(address.right));
  };

/** A message is a piece of the byte stream and says nothing more; none is longer. */
export const messageBytesMax = 65_536;

/** Cuts chunks into messages; most fit into one. */
export const messagesOf = (chunks: ReadonlyArray<Uint8Array>): ReadonlyArray<Uint8Array> =>
  chunks.every(({ length }) => length <= messageBytesMax) ? chunks : chunks.flatMap(cut);

const cut = (chunk: Uint8Array): ReadonlyArray<Uint8Array> => {
  const messages: Uint8Array[] = [];
  for (let at = 0; at < chunk.length; at += messageBytesMax) {
    messages.push(chunk.subarray(at, at + messageBytesMax));
  }
  return messages;
};
