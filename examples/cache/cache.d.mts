import type { CallOptions, ChordNet } from "chordnet";
import type Keyv from "keyv";

export interface Cache {
  readonly counts: { readonly hits: number; readonly loads: number };
  readonly store: Keyv;
  get(key: string, options?: CallOptions): Promise<unknown>;
}

export interface CacheOptions {
  readonly load: (key: string) => Promise<unknown>;
  readonly ttlMs?: number;
  readonly store?: Keyv;
}

export function cache(ring: ChordNet, options: CacheOptions): Cache;
