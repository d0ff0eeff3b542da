import { processAddress } from "@chordnet/core";
import type {
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
import { beginCall, restOf } from "./call.js";
import { ChordNetError } from "./errors.js";
import { manyAtOnce } from "./many-at-once.js";
import type { Clock } from "./ports.js";
import { integer } from "./settings.js";
import { walkRing } from "./walk.js";

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
  abstract inspect(address: string, options?: CallOptions): Promise<NodeView>;

  async lookupMany(
    key: Key,
    count: number,
    options: LookupOptions = {},
  ): Promise<readonly [Owner, ...ReadonlyArray<PeerInfo>]> {
    integer("count", count, 1, lookupManyMax);
    const call = beginCall(this.clock, "lookupMany", options, this.timeoutMs);
    const owner = await this.lookup(key, { ...options, ...restOf(this.clock, call) });
    const found: PeerInfo[] = [];
    const seen = new Set([processAddress(owner.address)]);
    // The list of the last one found goes further than the owner's.
    for (let from: PeerInfo | undefined = owner; from !== undefined && found.length < count - 1; ) {
      const { successors } = await this.inspect(from.address, restOf(this.clock, call));
      const fresh = successors.filter(({ address }) => !seen.has(processAddress(address)));
      const alive = await this.#alive(fresh, count - 1 - found.length, seen, () => restOf(this.clock, call));
      found.push(...alive);
      from = alive.at(-1);
    }
    return [owner, ...found];
  }

  lookups<K extends Key>(
    keys: AsyncIterable<K> | Iterable<K>,
    options: LookupsOptions = {},
  ): AsyncIterableIterator<LookupAnswer<K>> {
    const { concurrency, ...each } = options;
    const limit = integer("concurrency", concurrency ?? 64, 1, concurrencyMax);
    return manyAtOnce(keys, limit, (key) => this.#answer(key, each));
  }

  walk(options: CallOptions = {}): AsyncIterableIterator<NodeView> {
    const call = beginCall(this.clock, "walk", options, walkTimeoutMs);
    return walkRing((address) => this.inspect(address, restOf(this.clock, call)), this.firstNode());
  }

  async #answer<K extends Key>(key: K, options: LookupOptions): Promise<LookupAnswer<K>> {
    try {
      return { key, owner: await this.lookup(key, options) };
    } catch (error) {
      if (error instanceof ChordNetError) return { key, error };
      throw error;
    }
  }

  /** Of the candidates, in order and one for each process, those that answer: `wanted` of them. */
  async #alive(
    candidates: ReadonlyArray<PeerInfo>,
    wanted: number,
    seen: Set<string>,
    rest: () => CallOptions,
  ): Promise<ReadonlyArray<PeerInfo>> {
    const distinct = candidates.filter(({ address }, i) => {
      const process = processAddress(address);
      return candidates.findIndex((other) => processAddress(other.address) === process) === i;
    });
    const alive: PeerInfo[] = [];
    for (let i = 0; i < distinct.length && alive.length < wanted; ) {
      const next = distinct.slice(i, i + wanted - alive.length);
      i += next.length;
      const answers = await Promise.all(next.map(({ address }) => this.#answers(address, rest())));
      for (const [k, peer] of next.entries()) {
        seen.add(processAddress(peer.address));
        if (answers[k] === true) alive.push(peer);
      }
    }
    return alive;
  }

  async #answers(address: string, options: CallOptions): Promise<boolean> {
    try {
      await this.inspect(address, options);
      return true;
    } catch (error) {
      if (error instanceof ChordNetError && error.fault !== "caller") return false;
      throw error;
    }
  }
}

/** A walk asks one node after another. */
const walkTimeoutMs = 60_000;
