import type { Id } from "@chordnet/core";
import { hashText, space } from "@chordnet/core";
import type { Client } from "chordnet";
import { inFlight } from "../in-flight.js";

/** What came of the lookups. */
export interface Tally {
  lookups: number;
  /** How often one failed through one node, and was asked again through another. */
  failed: number;
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
  return { lookups: 0, failed: 0, unanswered: 0, answers: [] };
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
  readonly #clients = new Map<string, Client>();
  readonly #keys: ReadonlyArray<Named>;
  #scene: Tally = emptyTally();
  #counted: () => void = () => undefined;
  #turn = 0;

  constructor(names: ReadonlyArray<string>, bits: number) {
    const ring = space(bits);
    this.#keys = names.map((name) => ({ name, id: hashText(ring, "sha256", name) }));
  }

  /** From now on, `address` is asked, too. */
  add(address: string, client: Client): void {
    this.#clients.set(address, client);
  }

  /** No longer asks `address`; what it was asked before it may still answer. Returns what gives that up. */
  spare(address: string): () => Promise<void> {
    const client = this.#clients.get(address);
    this.#clients.delete(address);
    return async () => client?.close();
  }

  client(address: string): Client | undefined {
    return this.#clients.get(address);
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
    await Promise.all([...this.#clients.keys()].map((address) => this.spare(address)()));
  }

  async #lookup({ name, id: key }: Named): Promise<string | null> {
    const tallies = [this.all, this.#scene];
    for (const tally of tallies) tally.lookups += 1;
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const askedAt = performance.now();
      const owner = await this.#next()
        .lookup(name)
        .catch(() => null);
      if (owner !== null) {
        const { address, hops } = owner;
        const answered = { key, owner: address, askedAt, answeredAt: performance.now(), hops };
        for (const tally of tallies) tally.answers.push(answered);
        this.#counted();
        return address;
      }
      for (const tally of tallies) tally.failed += 1;
    }
    for (const tally of tallies) tally.unanswered += 1;
    return null;
  }

  #next(): Client {
    const clients = [...this.#clients.values()];
    this.#turn = (this.#turn + 1) % clients.length;
    const client = clients[this.#turn];
    if (client === undefined) throw new Error("no node is left to ask");
    return client;
  }
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
