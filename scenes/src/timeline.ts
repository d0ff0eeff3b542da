import { idOf } from "./identifiers.js";

/**
 * What may be said of a node from outside: certainly a member; perhaps one (joining, leaving, being killed, paused
 * within its lease, just woken); certainly none.
 */
export type Standing = "gone" | "maybe" | "member";

interface Change {
  readonly at: number;
  readonly address: string;
  readonly standing: Standing;
}

/** The memberships that one instant allows: nothing changes until the next roster begins. */
interface Roster {
  readonly from: number;
  readonly standings: ReadonlyMap<string, Standing>;
  /** Those that are perhaps members, by identifier. */
  readonly present: ReadonlyArray<{
    readonly id: bigint;
    readonly address: string;
    readonly certain: boolean;
  }>;
}

/**
 * Who was a member when, as the one who starts and kills the processes knows it. A change is recorded as "maybe" before
 * the act and as certain only once it is seen done, so that nothing right is called wrong.
 */
export class Timeline {
  readonly #changes: Change[] = [];
  #rosters: ReadonlyArray<Roster> | null = null;

  /** `at` may lie ahead: a paused node's lease is known to run out. */
  record(address: string, standing: Standing, at: number): void {
    this.#changes.push({ at, address, standing });
    this.#rosters = null;
  }

  standing(address: string, at: number): Standing {
    return this.#rosterAt(at).standings.get(address) ?? "gone";
  }

  /** Every address with one of these standings. */
  standingAt(at: number, ...wanted: ReadonlyArray<Standing>): ReadonlyArray<string> {
    return [...this.#rosterAt(at).standings]
      .filter(([, is]) => wanted.includes(is))
      .map(([address]) => address);
  }

  /**
   * Who may have held the claim to a key at some instant from `from` to `to`: going clockwise from the key, each node
   * that is perhaps a member, up to and with the first that certainly is one.
   */
  candidates(keyId: bigint, from: number, to: number): ReadonlySet<string> {
    const found = new Set<string>();
    for (const roster of this.#rostersWithin(from, to)) addCandidates(found, roster, keyId);
    return found;
  }

  /** Whether this node was certainly a member from `from` to `to`, without a break. */
  untouched(address: string, from: number, to: number): boolean {
    return this.#rostersWithin(from, to).every((roster) => roster.standings.get(address) === "member");
  }

  /** Whether this node was perhaps a member at some instant from `from` to `to`. */
  present(address: string, from: number, to: number): boolean {
    return this.#rostersWithin(from, to).some(
      (roster) => (roster.standings.get(address) ?? "gone") !== "gone",
    );
  }

  #rosterAt(at: number): Roster {
    return this.#rostersWithin(at, at)[0] as Roster;
  }

  #rostersWithin(from: number, to: number): ReadonlyArray<Roster> {
    const all = this.#built();
    let first = 0;
    for (let beyond = all.length; beyond - first > 1; ) {
      const middle = (first + beyond) >> 1;
      if ((all[middle] as Roster).from <= from) first = middle;
      else beyond = middle;
    }
    let end = first + 1;
    while (end < all.length && (all[end] as Roster).from <= to) end += 1;
    return all.slice(first, end);
  }

  #built(): ReadonlyArray<Roster> {
    this.#rosters ??= build(this.#changes);
    return this.#rosters;
  }
}

function build(changes: ReadonlyArray<Change>): ReadonlyArray<Roster> {
  const ordered = changes.map((change, i) => ({ change, i }));
  ordered.sort((a, b) => a.change.at - b.change.at || a.i - b.i);
  const rosters: Roster[] = [{ from: Number.NEGATIVE_INFINITY, standings: new Map(), present: [] }];
  const ids = new Map(changes.map(({ address }) => [address, idOf(address)]));
  for (const { change } of ordered) {
    const latest = rosters.at(-1) as Roster;
    const standings = new Map(latest.standings).set(change.address, change.standing);
    const present = [...standings]
      .filter(([, standing]) => standing !== "gone")
      .map(([address, standing]) => ({
        id: ids.get(address) as bigint,
        address,
        certain: standing === "member",
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    rosters.push({ from: change.at, standings, present });
  }
  return rosters;
}

function addCandidates(found: Set<string>, { present }: Roster, keyId: bigint): void {
  const first = present.findIndex(({ id }) => id >= keyId);
  for (let i = 0; i < present.length; i += 1) {
    const node = present[(Math.max(first, 0) + i) % present.length];
    if (node === undefined) return;
    found.add(node.address);
    if (node.certain) return;
  }
}
