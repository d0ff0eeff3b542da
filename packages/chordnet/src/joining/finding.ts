import { left, right } from "@chordnet/core";
import type { Either } from "fp-ts/lib/Either.js";
import { canonicalAddress } from "../address.js";
import { badOption } from "../checks.js";
import type { Seeds } from "../member/api.js";

/** The name under which it is told what is wrong with a function that finds seeds. */
export const finder = "seeds()";

/**
 * The seeds' addresses as they are now. Left: what a function that finds them threw. Rejects with a `ChordNetError` for
 * what is no list of addresses of that scheme.
 */
export async function findSeeds(
  seeds: Seeds,
  scheme: string,
): Promise<Either<unknown, ReadonlyArray<string>>> {
  if (typeof seeds !== "function") return right(listed(seeds, scheme));
  let found: unknown;
  try {
    found = await seeds();
  } catch (error) {
    return left(error);
  }
  return right(listed(found, scheme));
}

function listed(found: unknown, scheme: string): ReadonlyArray<string> {
  const list = typeof found === "string" ? [found] : found;
  if (Array.isArray(list)) return [...new Set(list.map((seed) => canonicalAddress(seed, scheme)))];
  throw badOption("seeds", found, "an address, an array of addresses, or a function that finds them");
}
