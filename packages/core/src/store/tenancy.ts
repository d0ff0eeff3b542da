import type { Arc } from "../arc.js";
import type { Id, Space } from "../identifier.js";
import type { Epoch, Millis } from "../message.js";
import type { Address } from "../peer.js";
import type { Standing } from "./call.js";
import { parts, partsOutside, without } from "./parts.js";

/** An arc and its owner, as the owner said itself. */
export interface Tenancy extends Arc {
  readonly owner: Address;
  readonly epoch: Epoch;
  readonly heardAt: Millis;
  /** Whether this process is to keep what is in it. */
  readonly holder: boolean;
  /** Where the owner stands. It claims all up to there: an arc that was cut short of that is not its own any more. */
  readonly place: Id;
}

/** More would be the remains of owners that are long gone. */
const tenanciesMax = 1_024;

/** Whether a claim comes too late: a later one was heard of for some of its keys, not longer ago than `since`. */
export function isStale(
  space: Space,
  tenancies: ReadonlyArray<Tenancy>,
  claim: Arc & { readonly epoch: Epoch },
  since: Millis,
): boolean {
  return tenancies.some(
    (known) =>
      known.epoch > claim.epoch && known.heardAt >= since && parts(space, known, claim).inside.length > 0,
  );
}

/** Whether just this is known of it already. */
export function isNoted(
  tenancies: ReadonlyArray<Tenancy>,
  owner: Address,
  { start, end, epoch, holder }: Standing,
): boolean {
  return tenancies.some((each) => isSame(each, { start, end, epoch, holder, owner, place: end }));
}

/** With this claim in place of what was known of its keys. */
export function noted(
  space: Space,
  tenancies: ReadonlyArray<Tenancy>,
  owner: Address,
  { start, end, epoch, holder }: Standing,
  at: Millis,
): ReadonlyArray<Tenancy> {
  const claim = { start, end, owner, epoch, heardAt: at, holder, place: end };
  const known = tenancies.find((each) => isSame(each, claim));
  if (known !== undefined && known.heardAt === at) return tenancies;
  const all = [...partsOutside(space, tenancies, claim), claim];
  if (all.length <= tenanciesMax) return all;
  return all.sort((a, b) => b.heardAt - a.heardAt).slice(0, tenanciesMax);
}

/** What of an arc is neither one of `own`, nor kept for an owner that has spoken since then. */
export function strayParts(
  space: Space,
  whole: Arc,
  own: ReadonlyArray<Arc>,
  tenancies: ReadonlyArray<Tenancy>,
  since: Millis,
): ReadonlyArray<Arc> {
  const kept = tenancies.filter(({ holder, heardAt }) => holder && heardAt >= since);
  return without(space, whole, [...own, ...kept]);
}

function isSame(one: Tenancy, other: Omit<Tenancy, "heardAt">): boolean {
  return (
    one.start === other.start &&
    one.end === other.end &&
    one.owner === other.owner &&
    one.epoch === other.epoch &&
    one.holder === other.holder &&
    one.place === other.place
  );
}
