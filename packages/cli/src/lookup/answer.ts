import type { Client, Owner, Trace } from "chordnet";
import { failureJson } from "../failure-json.js";
import type { Asked } from "./keys.js";

/** What `chordnet lookup --json` prints, one a line. */
export type Answer = Found | NotFound;

/** How an answer says what was asked. */
interface Named {
  /** Null for a point of the ring (`--id`). */
  readonly key: string | null;
  /** Only where the key is no UTF-8, so that `key` is not all of it. */
  readonly keyBase64?: string;
}

export interface Found extends Named {
  readonly keyId: string;
  readonly owner: { readonly id: string; readonly address: string };
  /** Nodes contacted after the `via` node, the owner included. */
  readonly hops: number;
  readonly epoch: number;
  /** Only where it is so: on somebody else's wire nobody confirms what he owns. */
  readonly confirmed?: false;
  readonly ms: number;
  readonly trace?: ReadonlyArray<Step>;
}

export interface NotFound extends Named {
  /** Null where the ring, and so its hash, could not be learned; or where the point lies outside of it. */
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
  const named =
    key instanceof Uint8Array ? { key: name, keyBase64: Buffer.from(key).toString("base64") } : { key: name };
  let keyId: string | null = null;
  try {
    const ring = await client();
    const began = performance.now();
    keyId = ring.keyId(key);
    const { owner, hops } = trace
      ? await ring.trace(key, { timeoutMs })
      : { owner: await ring.lookup(key, { timeoutMs }), hops: null };
    return found(named, keyId, owner, elapsedMs(began), hops);
  } catch (caught) {
    return { ...named, keyId, error: failureJson(caught) };
  }
}

function found(named: Named, keyId: string, owner: Owner, ms: number, hops: Trace["hops"] | null): Found {
  const plain = {
    ...named,
    keyId,
    owner: { id: owner.id, address: owner.address },
    hops: owner.hops,
    epoch: owner.epoch,
    ...(owner.confirmed ? {} : ({ confirmed: false } as const)),
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

function elapsedMs(began: number): number {
  return rounded(performance.now() - began);
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
