import type { Config, Id } from "@chordnet/core";
import { hashBytes, hashText, parseId } from "@chordnet/core";
import type { Key } from "./api.js";
import { ChordNetError } from "./errors.js";

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
  throw new ChordNetError("BAD_KEY", { received: describe(key) });
}

/** What something is, in a few words, for messages about wrong arguments. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "number" || typeof value === "boolean") return `the ${typeof value} ${value}`;
  if (typeof value === "bigint") return `the bigint ${value} (write { id: ${value}n })`;
  if (typeof value !== "object") return `a ${typeof value}`;
  if ("id" in value) return `an id of ${typeof value.id === "bigint" ? `${value.id}` : describe(value.id)}`;
  return Array.isArray(value) ? "an array" : "an object";
}
