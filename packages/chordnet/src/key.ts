import type { Config, Id } from "@chordnet/core";
import { hashBytes, hashText, parseId } from "@chordnet/core";
import type { Key } from "./api.js";
import { describe } from "./checks.js";
import { ChordNetError } from "./errors/errors.js";

/**
 * The point of the ring that a key names: text and bytes are hashed, `{ id }` names it outright. Throws `BAD_KEY` for
 * anything else, for an id that lies beyond the ring, and for text that is no Unicode: half a surrogate pair has no
 * UTF-8 of its own, so that two keys would be one.
 */
export function keyId(config: Config, key: Key): Id {
  if (typeof key === "string") return hashText(config.space, config.ring.hash, unicode(key));
  if (key instanceof Uint8Array) return hashBytes(config.space, config.ring.hash, key);
  const point = typeof key === "object" && key !== null ? key.id : undefined;
  if (typeof point === "bigint" && point >= 0n && point < config.space.size) return point as Id;
  const parsed = typeof point === "string" ? parseId(config.space, point) : null;
  if (parsed !== null) return parsed;
  throw new ChordNetError("BAD_KEY", { received: received(key) });
}

/** The key for as long as it takes: its bytes are the caller's, who may use them for another meanwhile. */
export function keptKey(key: Key): Key {
  // Bytes that were transferred elsewhere are none, and cannot be copied.
  return key instanceof Uint8Array && key.length > 0 ? new Uint8Array(key) : key;
}

/** Throws `BAD_KEY` for text that is none. */
export function unicode(text: string): string {
  if ((text as Text).isWellFormed?.() !== false) return text;
  throw new ChordNetError("BAD_KEY", { received: `${describe(text)}, which is no Unicode (give its bytes)` });
}

/** Of 2024: a browser from before 2023 takes every text. */
interface Text {
  isWellFormed?(): boolean;
}

/** What was given in place of a key, and how a point of the ring is written. */
function received(key: unknown): string {
  if (typeof key === "bigint") return `${describe(key)} (write { id: ${key}n })`;
  if (typeof key !== "object" || key === null || !("id" in key)) return describe(key);
  return `an id of ${typeof key.id === "bigint" ? `${key.id}` : describe(key.id)}`;
}
