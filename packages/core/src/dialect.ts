/**
 * What the nodes of one wire have in common, whoever made them. A transport for somebody else's wire brings its own.
 *
 * @category configuration
 */
export interface Dialect {
  /** What of an address a node's identifier is the hash of: all of it, or its host and port alone. */
  readonly hashed: "url" | "authority";
  /**
   * Whether nodes lease what they own from each other, and say of themselves what they own. Where they don't, a node
   * owns what its predecessor leaves it (SIGCOMM 2001), lookups end with somebody else's word, and no answer is
   * confirmed.
   */
  readonly confirms: boolean;
}

/** ChordNet's own. */
export const ownDialect: Dialect = { hashed: "url", confirms: true };

/**
 * The part of an address that is hashed.
 *
 * @example
 * assert.strictEqual(hashedPart("authority", "tcp://10.0.0.5:7000"), "10.0.0.5:7000")
 * assert.strictEqual(hashedPart("url", "tcp://10.0.0.5:7000"), "tcp://10.0.0.5:7000")
 */
export function hashedPart(hashed: Dialect["hashed"], address: string): string {
  return hashed === "url" ? address : address.slice(address.indexOf("://") + 3);
}
