import type { Id } from "@chordnet/core";
import { hashText, space } from "@chordnet/core";
import type { Client, Owner } from "chordnet";
import { isChordNetError } from "chordnet";
import { inFlight } from "../in-flight.js";

/** What came of the lookups. */
export interface Tally {
  lookups: number;
  /** Each lookup that failed through one node, and was asked again through another: why, as the error's code. */
  readonly failures: string[];
  /** Lookups that failed again and again. */
  unanswered: number;
  /** Judged when all is over: a newcomer may answer before it has said who it is. */
  readonly answers: Answered[];
}

export interface Answered {
  readonly key: Id;
  readonly owner: string;
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly hops: number;
}

function emptyTally(): Tally {
  return { lookups: 0, failures: [], unanswered: 0, answers: [] };
}

interface Named {
  readonly name: string;
  readonly id: Id;
}

/** Enough to have many on their way at any moment, and little enough to leave the machine to the nodes. */
const inFlightMax = 64;
const perSecond = 2500;
const tickMs = 10;
const attemptsMax = 20;

/** Looks names up through all nodes in turn. */
export class Load {
  readonly all: Tally = emptyTally();
  readonly #asking = new Map<string, Asking>();
  readonly #keys: ReadonlyArray<Named>;
  #scene: Tally = emptyTally();
  #counted: () => void = () => undefined;
  #turn = 0;

  constructor(names: ReadonlyArray<string>, bits: number) {
    const ring = space(bits);
    this.#keys = names.map((name) => ({ name, id: hashText(ring, "sha256", name) }));
  }

  /** From now on, the node at `address` is asked, too. */
  add(address: string, client: Client): void {
    this.#asking.set(address, { client, open: new Set() });
  }

  /** From now on it is not asked any more; resolves when it has answered, or failed, what it was asked before. */
  async spare(address: string): Promise<void> {
    const asking = this.#asking.get(address);
    this.#asking.delete(address);
    await Promise.all(asking?.open ?? []);
    await asking?.client.close();
  }

  /** From now on it is not asked any more; what it has not answered fails, and is asked elsewhere. */
  async drop(address: string): Promise<void> {
    const asking = this.#asking.get(address);
    this.#asking.delete(address);
    await asking?.client.close();
  }

  client(address: string): Client | undefined {
    return this.#asking.get(address)?.client;
  }

  /** Counts from here on into a new tally, beside the one of all; `played` resolves after so many lookups. */
  scene(lookups: number): { tally: Tally; played: Promise<void> } {
    const tally = emptyTally();
    this.#scene = tally;
    const played = new Promise<void>((resolve) => {
      this.#counted = () => {
        if (tally.answers.length >= lookups) resolve();
      };
    });
    return { tally, played };
  }

  /** Looks the names up, round and round, at a steady pace, until `signal` aborts. */
  async run(signal: AbortSignal, each: () => void): Promise<void> {
    await inFlight(paced(this.#keys, signal), inFlightMax, async (key) => {
      await this.#lookup(key);
      each();
    });
  }

  /** Looks each name up once, as fast as it goes, and tells how many keys each node owns. */
  async census(each: () => void): Promise<Map<string, number>> {
    this.#scene = emptyTally();
    const owned = new Map<string, number>();
    await inFlight(this.#keys, inFlightMax, async (key) => {
      const owner = await this.#lookup(key);
      if (owner !== null) owned.set(owner, (owned.get(owner) ?? 0) + 1);
      each();
    });
    return owned;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#asking.keys()].map((address) => this.drop(address)));
  }

  async #lookup({ name, id: key }: Named): Promise<string | null> {
    this.#tally((tally) => {
      tally.lookups += 1;
    });
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const askedAt = performance.now();
      const owner = await this.#ask(name);
      if (typeof owner !== "string") {
        const { address, hops } = owner;
        const answered = { key, owner: address, askedAt, answeredAt: performance.now(), hops };
        this.#tally(({ answers }) => answers.push(answered));
        this.#counted();
        return address;
      }
      this.#tally(({ failures }) => failures.push(owner));
    }
    this.#tally((tally) => {
      tally.unanswered += 1;
    });
    return null;
  }

  /** What happens counts in the scene in which it happens. */
  #tally(count: (tally: Tally) => void): void {
    count(this.all);
    count(this.#scene);
  }

  /** The owner, or the code of the error where that node could not tell. */
  #ask(name: string): Promise<Owner | string> {
    const all = [...this.#asking.values()];
    this.#turn = (this.#turn + 1) % all.length;
    const asking = all[this.#turn];
    if (asking === undefined) throw new Error("no node is left to ask");
    const asked = asking.client
      .lookup(name)
      .catch((caught: unknown) => (isChordNetError(caught) ? caught.code : String(caught)));
    asking.open.add(asked);
    void asked.then(() => asking.open.delete(asked));
    return asked;
  }
}

/** One node that is asked, and what it has not answered yet. */
interface Asking {
  readonly client: Client;
  readonly open: Set<Promise<unknown>>;
}

async function* paced<T>(items: ReadonlyArray<T>, signal: AbortSignal): AsyncGenerator<T> {
  const began = performance.now();
  let given = 0;
  while (!signal.aborted) {
    const due = ((performance.now() - began) / 1000) * perSecond;
    // What could not be asked in time is not made up for: the pace is a limit.
    given = Math.max(given, Math.floor(due) - inFlightMax);
    for (; given < due && !signal.aborted; given += 1) {
      const item = items[given % items.length];
      if (item !== undefined) yield item;
    }
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
}
