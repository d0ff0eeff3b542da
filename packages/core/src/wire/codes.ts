import type { HopReason, RefusalCode, UnfoundReason, Verdict } from "../message.js";

/**
 * Words that travel as one byte. The compiler sees that none is missing; a number, once given, stays.
 *
 * @category wire
 */
export interface Words<A extends string> {
  readonly codes: Readonly<Record<A, number>>;
  /** The word of each code; undefined where there is none. */
  readonly byCode: ReadonlyArray<A | undefined>;
}

export const hopReasons: Words<HopReason> = words({
  successor: 1,
  finger: 2,
  route: 3,
  predecessor: 4,
  told: 5,
});

export const unfoundReasons: Words<UnfoundReason> = words({
  unclaimed: 1,
  "hops-exceeded": 2,
});

export const refusalCodes: Words<RefusalCode> = words({
  "not-member": 1,
  gone: 2,
  overloaded: 3,
  "no-owner": 4,
  "id-taken": 5,
  unsupported: 6,
});

export const verdicts: Words<Verdict["_tag"]> = words({ Granted: 1, Wait: 2, Handed: 3 });

function words<A extends string>(codes: Readonly<Record<A, number>>): Words<A> {
  const all = Object.keys(codes) as A[];
  const byCode: (A | undefined)[] = new Array(256).fill(undefined);
  for (const word of all) byCode[codes[word]] = word;
  return { codes, byCode };
}
