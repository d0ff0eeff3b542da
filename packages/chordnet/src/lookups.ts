import { processAddress } from "@chordnet/core";
import type {
  Body,
  CallOptions,
  Key,
  LookupAnswer,
  LookupOptions,
  Lookups,
  LookupsOptions,
  NodeView,
  Owner,
  PeerInfo,
  Trace,
} from "./api.js";
import type { Call } from "./call.js";
import { beginCall, lookupNames, lookupsNames, ranOut, restOf, timedOut } from "./call.js";
import { badOption, integer, object } from "./checks.js";
import { ChordNetError, isChordNetError } from "./errors/errors.js";
import { manyAtOnce } from "./many-at-once.js";
import type { Clock } from "./ports.js";
import { walking, walkRing } from "./walk.js";

/** The most nodes that `lookupMany` names. */
const lookupManyMax = 64;

const concurrencyMax = 65_536;

/** What can be built from one lookup and one look at a node: the same for members and clients. */
export abstract class LookupsBase implements Lookups {
  protected abstract readonly clock: Clock;
  protected abstract readonly timeoutMs: number;
  /** Where a walk begins. */
  protected abstract firstNode(): string;

  abstract lookup(key: Key, options?: LookupOptions): Promise<Owner>;
  abstract trace(key: Key, options?: CallOptions): Promise<Trace>;
  abstract keyId(key: Key): string;
  abstract request(key: Key, bytes: Uint8Array, options?: CallOptions): Promise<Uint8Array>;
  abstract stream(key: Key, body: Body, options?: CallOptions): AsyncIterableIterator<Uint8Array>;
  abstract inspect(address: string, options?: CallOptions): Promise<NodeView>;

  async lookupMany(
    key: Key,
    count: number,
    options: LookupOptions = {},
  ): Promise<readonly [Owner, ...ReadonlyArray<PeerInfo>]> {
    integer("count", count, 1, lookupManyMax);
    const call = beginCall(this.clock.now(), "lookupMany", options, this.timeoutMs, lookupNames);
    for (;;) {
      const owner = await this.lookup(key, { ...options, ...restOf(this.clock, call) });
      const behind = await this.#behind(owner, count - 1, call);
      if (behind !== null) return [owner, ...behind];
    }
  }

  lookups<K extends Key>(
    keys: AsyncIterable<K> | Iterable<K>,
    options: LookupsOptions = {},
  ): AsyncIterableIterator<LookupAnswer<K>> {
    object("the options of lookups", options, lookupsNames);
    if (!isIterable(keys)) throw badOption("keys", keys, "an iterable of keys, such as an array");
    const { concurrency, ...each } = options;
    const limit = integer("concurrency", concurrency ?? 64, 1, concurrencyMax);
    return manyAtOnce(keys, limit, (key) => this.#answer(key, each));
  }

  walk(options: CallOptions = {}): AsyncIterableIterator<NodeView> {
    const call = beginCall(this.clock.now(), walking.what, options, walkTimeoutMs);
    return walkRing((address) => this.#inspectWithin(call, address, this.timeoutMs), this.firstNode());
  }

  async #answer<K extends Key>(key: K, options: LookupOptions): Promise<LookupAnswer<K>> {
    try {
      return { key, owner: await this.lookup(key, options) };
    } catch (error) {
      if (error instanceof ChordNetError) return { key, error };
      throw error;
    }
  }

  /** The next live nodes of other processes; null where the owner itself has gone meanwhile. */
  async #behind(owner: Owner, wanted: number, call: Call): Promise<ReadonlyArray<PeerInfo> | null> {
    const found: PeerInfo[] = [];
    const seen = new Set([processAddress(owner.address)]);
    // The list of the last one found goes further than the owner's.
    for (let from: PeerInfo | undefined = owner; from !== undefined && found.length < wanted; ) {
      const view = await this.#look(from.address, call);
      if (view === null) return from === owner ? null : found;
      const alive: PeerInfo[] = [];
      for (const batch of batches(oneOfEach(view.successors, seen), wanted - found.length)) {
        const views = await Promise.all(batch.map(({ address }) => this.#look(address, call)));
        alive.push(...batch.filter((_, i) => views[i] !== null));
        if (alive.length >= wanted - found.length) break;
      }
      found.push(...alive.slice(0, wanted - found.length));
      from = alive.at(-1);
    }
    return found;
  }

  /** Null where the node does not answer; no one node may use up the call's time. */
  async #look(address: string, call: Call): Promise<NodeView | null> {
    try {
      return await this.#inspectWithin(call, address, lookMs);
    } catch (error) {
      if (error instanceof ChordNetError && error.fault !== "caller" && !ranOut(error, call)) return null;
      throw error;
    }
  }

  /** Rejects with the call's own `TIMEOUT` where too little of its time was left to say that the node is silent. */
  async #inspectWithin(call: Call, address: string, mostMs: number): Promise<NodeView> {
    const { signal, timeoutMs } = restOf(this.clock, call);
    try {
      return await this.inspect(address, { signal, timeoutMs: Math.min(timeoutMs, mostMs) });
    } catch (error) {
      if (timeoutMs < Math.min(lookMs, mostMs) && isChordNetError(error, "TIMEOUT")) throw timedOut(call);
      throw error;
    }
  }
}

/** A text is a key, though its characters can be iterated over. */
function isIterable(keys: unknown): boolean {
  if (typeof keys !== "object" || keys === null) return false;
  return Symbol.asyncIterator in keys || Symbol.iterator in keys;
}

/** How long a node that is only looked at is waited for; in less time none is silent. */
const lookMs = 1_000;

/** One node of each process, of those not yet seen, which then are. */
function oneOfEach(peers: ReadonlyArray<PeerInfo>, seen: Set<string>): ReadonlyArray<PeerInfo> {
  return peers.filter(({ address }) => {
    const process = processAddress(address);
    return !seen.has(process) && seen.add(process);
  });
}

function* batches<A>(items: ReadonlyArray<A>, size: number): Iterable<ReadonlyArray<A>> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}

/** A walk asks one node after another. */
const walkTimeoutMs = 60_000;
