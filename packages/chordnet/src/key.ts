import type { Config, Id } from "@chordnet/core";
import { hashBytes, hashText, parseId } from "@chordnet/core";
import type { Key } from "./api.js";
import { describe } from "./checks.js";
import { ChordNetError } from "./errors/errors.js";

/**
 * The point of the ring that a key names: text and bytes are hashed, `{ id }` names it outright. Throws `BAD_KEY` for
 * anything else, and for an id that lies beyond the ring.
 */
export function keyId(config: Config, key: Key): Id {
  if (typeof key === "string") return hashText(config.space, config.ring.hash, key);
  if (key instanceof Uint8Array) return hashBytes(config.space, config.ring.hash, key);
  const point = typeof key === "object" && key !== null ? key.id : undefined;
  if (typeof point === "bigint" && point >= 0n && point < config.space.size) return point as Id;
  const parsed = typeof point === "string" ? parseId(config.space, point) : null;
  if (parsed !== null) return parsed;
  throw new ChordNetError("BAD_KEY", { received: received(key) });
}

/** What was given in place of a key, and how a point of the ring is written. */
function received(key: unknown): string {
  if (typeof key === "bigint") return `${describe(key)} (write { id: ${key}n })`;
  if (typeof key !== "object" || key === null || !("id" in key)) return describe(key);
  return `an id of ${typeof key.id === "bigint" ? `${key.id}` : describe(key.id)}`;
}
