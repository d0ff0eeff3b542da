import { formatId, hashBytes, hashText, id, parseId, space } from "@chordnet/core";
import type { Client, Key, Owner, RingStatus, Trace } from "chordnet";
import { isChordNetError } from "chordnet";
import { reasonOf } from "../failure.js";
import type { Asked } from "./keys.js";

/** What `chordnet lookup --json` prints, one a line. */
export type Answer = Found | NotFound;

export interface Found {
  /** Null for a point of the ring (`--id`). */
  readonly key: string | null;
  readonly keyId: string;
  readonly owner: { readonly id: string; readonly address: string };
  /** Nodes contacted after the `via` node, the owner included. */
  readonly hops: number;
  readonly epoch: number;
  readonly ms: number;
  readonly trace?: ReadonlyArray<Step>;
}

export interface NotFound {
  readonly key: string | null;
  /** Null where the ring, and so its hash, could not be learned. */
  readonly keyId: string | null;
  readonly error: { readonly code: string; readonly message: string };
}

export interface Step {
  readonly id: string;
  readonly address: string;
  readonly why: string;
  readonly ms: number;
}

export interface Manner {
  readonly trace: boolean;
  readonly timeoutMs: number | undefined;
}

/** Looks one key up; whatever goes wrong is its answer. */
export async function answer(
  client: () => Promise<Client>,
  { name, key }: Asked,
  { trace, timeoutMs }: Manner,
): Promise<Answer> {
  let keyId: string | null = null;
  try {
    const ring = await client();
    const began = performance.now();
    keyId = idOf(key, ring.ring);
    const { owner, hops } = trace
      ? await ring.trace(key, { timeoutMs })
      : { owner: await ring.lookup(key, { timeoutMs }), hops: null };
    return found(name, keyId, owner, elapsedMs(began), hops);
  } catch (caught) {
    const code = isChordNetError(caught) ? caught.code : "FAILED";
    return { key: name, keyId, error: { code, message: reasonOf(caught) } };
  }
}

function found(
  key: string | null,
  keyId: string,
  owner: Owner,
  ms: number,
  hops: Trace["hops"] | null,
): Found {
  const plain = {
    key,
    keyId,
    owner: { id: owner.id, address: owner.address },
    hops: owner.hops,
    epoch: owner.epoch,
    ms,
  };
  if (hops === null) return plain;
  return {
    ...plain,
    trace: hops.map(({ peer, why, ms: since }) => ({
      id: peer.id,
      address: peer.address,
      why,
      ms: rounded(since),
    })),
  };
}

/** The point of a key, as the ring prints points. One that lies outside the ring is left for the library to refuse. */
export function idOf(key: Key, { bits, hash }: Pick<RingStatus, "bits" | "hash">): string {
  const ring = space(bits);
  if (typeof key === "string") return formatId(ring, hashText(ring, hash, key));
  if (key instanceof Uint8Array) return formatId(ring, hashBytes(ring, hash, key));
  if (typeof key.id === "bigint") return formatId(ring, id(ring, key.id));
  const point = parseId(ring, key.id);
  return point === null ? key.id : formatId(ring, point);
}

function elapsedMs(began: number): number {
  return rounded(performance.now() - began);
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
