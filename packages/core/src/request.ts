import type { LookupTrouble } from "./effect.js";
import type { LookupMode, OperationId } from "./event.js";
import type { Id } from "./identifier.js";
import type { Hop, Leave, Millis, RequestId, Token } from "./message.js";
import type { Address, Peer } from "./peer.js";

/** Something that was asked for, and what to do with the answer. */
export interface Request {
  readonly rid: RequestId;
  readonly expiresAt: Millis;
  readonly sentAt: Millis;
  /** Only this peer's answer counts; null: whoever can answer (a wandering lookup). */
  readonly to: Address | null;
  readonly purpose: Purpose;
}

export type Purpose =
  | AskPurpose
  | { readonly _tag: "Ping"; readonly peer: Peer; readonly tries: number }
  | IntroducePurpose
  | Lookup
  | { readonly _tag: "JoinQuery"; readonly seed: Address }
  | { readonly _tag: "Inspect"; readonly operation: OperationId }
  | { readonly _tag: "Leave"; readonly heir: Peer; readonly message: Leave; readonly again: boolean };

export interface AskPurpose {
  readonly _tag: "Ask";
  readonly peer: Peer;
  /** To the head of the list; to one that may be nearer; to the owner of this newcomer's id. */
  readonly role: "head" | "candidate" | "admission";
  readonly tries: number;
  readonly term: number;
  readonly token: Token | null;
}

/** A walk towards one's own place. */
export interface IntroducePurpose {
  readonly _tag: "Introduce";
  /** Where it began: the peer that is tested. */
  readonly through: Peer;
  /** Who is asked now, and who could be asked instead. */
  readonly peer: Peer;
  readonly others: ReadonlyArray<Peer>;
  readonly hops: number;
  readonly tries: number;
}

/** A lookup on its way, kept by the one who looks up alone. */
export interface Lookup {
  readonly _tag: "Lookup";
  readonly target: Id;
  readonly deadline: Millis;
  readonly startedAt: Millis;
  readonly mode: LookupMode;
  readonly attempts: number;
  /** Nodes asked in this attempt. */
  readonly hops: number;
  /** Those that can't be used in this attempt. */
  readonly excluded: ReadonlyArray<Address>;
  readonly candidates: ReadonlyArray<Candidate>;
  readonly trace: ReadonlyArray<Hop>;
  /** Waits for its next attempt. */
  readonly resting: boolean;
  readonly trouble: LookupTrouble;
  readonly beneficiary: Beneficiary;
}

export interface Candidate {
  readonly peer: Peer;
  readonly why: Hop["why"];
}

/** For whom a lookup is made. */
export type Beneficiary =
  | { readonly _tag: "Application"; readonly operation: OperationId }
  /** `joins`: a newcomer, which is to be admitted by who holds its id, whether that claims anything or not. */
  | {
      readonly _tag: "Client";
      readonly address: Address;
      readonly rid: RequestId;
      readonly joins: boolean;
    }
  | { readonly _tag: "Finger"; readonly index: number };
