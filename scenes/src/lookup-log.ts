/** One lookup as the one who asked saw it. Times are milliseconds on the harness's monotonic clock. */
export interface Lookup {
  /** The node asked. */
  readonly via: string;
  readonly keyId: bigint;
  readonly sentAt: number;
  readonly timeoutMs: number;
  readonly settledAt: number;
  readonly outcome: Answered | Failed;
}

export interface Answered {
  readonly _tag: "Answered";
  /** The owner's URL. */
  readonly owner: string;
  readonly ownerId: bigint;
  readonly epoch: number;
  /** The rest of the owner's lease, counted from the question. */
  readonly leaseMs: number;
  readonly hops: number;
}

export interface Failed {
  readonly _tag: "Failed";
  /** Null where the error had no code: that in itself is a fault. */
  readonly code: string | null;
  readonly message: string;
}

/** A lookup that was answered. */
export interface AnsweredLookup extends Lookup {
  readonly outcome: Answered;
}

export function answered(lookup: Lookup): lookup is AnsweredLookup {
  return lookup.outcome._tag === "Answered";
}
