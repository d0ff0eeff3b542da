import { idOf } from "../src/identifiers.js";
import type { AnsweredLookup, Lookup } from "../src/lookup-log.js";

interface Sample {
  readonly keyId?: bigint;
  readonly via?: string;
  readonly owner: string;
  readonly epoch?: number;
  readonly leaseMs?: number;
  readonly at: readonly [number, number];
}

export function answer({
  keyId = 5n,
  via = "tcp://asked",
  owner,
  epoch = 1,
  leaseMs = 0,
  at,
}: Sample): AnsweredLookup {
  const outcome = { _tag: "Answered", owner, ownerId: idOf(owner), epoch, leaseMs, hops: 1 } as const;
  return { via, keyId, sentAt: at[0], settledAt: at[1], timeoutMs: 1_000, outcome };
}

export function failure(code: string | null, at: readonly [number, number], keyId = 5n): Lookup {
  const outcome = { _tag: "Failed", code, message: "in vain" } as const;
  return { via: "tcp://asked", keyId, sentAt: at[0], settledAt: at[1], timeoutMs: 1_000, outcome };
}
