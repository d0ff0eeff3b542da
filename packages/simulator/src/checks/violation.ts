import type { Address, Id, Millis } from "@chordnet/core";

/** A promise that was broken, and when, on the virtual clock. */
export type Violation = Broken & { readonly at: Millis };

export type ViolationKind = Violation["_tag"];

/** A promise that was broken, as the check sees it that knows no clock. */
export type Broken =
  /** Two nodes claimed one key at one instant. */
  | { readonly _tag: "Overlap"; readonly a: Address; readonly b: Address }
  /** A key was claimed under a lower epoch than before. */
  | { readonly _tag: "EpochFell"; readonly key: Id; readonly from: Address; readonly to: Address }
  /** Two nodes claimed one key under one epoch, the one after the other. */
  | { readonly _tag: "EpochShared"; readonly key: Id; readonly from: Address; readonly to: Address }
  /** A lookup was answered with a node that at no instant between question and answer claimed the key. */
  | { readonly _tag: "WrongAnswer"; readonly key: Id; readonly asker: Address; readonly owner: Address }
  /**
   * An answer's epoch is lower than that of an answer that was there before the question; or as high, with another
   * owner.
   */
  | { readonly _tag: "AnswerFell"; readonly key: Id; readonly asker: Address; readonly owner: Address }
  /** A register that checks epochs accepted a write of one who owned the key before the last writer did. */
  | { readonly _tag: "StaleWrite"; readonly key: Id; readonly last: Address; readonly stale: Address }
  /** In the ideal ring, an owner whose writes a register refuses. */
  | { readonly _tag: "OwnerRefused"; readonly key: Id; readonly owner: Address }
  /**
   * A lookup was neither answered nor did it fail, long after its deadline, though its asker was there all the time.
   */
  | { readonly _tag: "NoAnswer"; readonly key: Id; readonly asker: Address }
  /** A successor list is out of order, has a peer twice, or the node itself. */
  | { readonly _tag: "ListDisordered"; readonly node: Address }
  /** A member has nobody in its list who is alive and a member, though failures left it somebody. */
  | { readonly _tag: "NoLiveSuccessor"; readonly node: Address }
  /** The first successors make two rings. */
  | { readonly _tag: "RingsSplit"; readonly node: Address }
  /** The first successors make a ring that does not go round the circle just once. */
  | { readonly _tag: "RingDisordered"; readonly node: Address }
  /** A node keeps more of something than it may. */
  | { readonly _tag: "Unbounded"; readonly node: Address; readonly what: string }
  /** A process is woken again and again, and nothing comes of it. */
  | { readonly _tag: "Restless"; readonly process: Address; readonly what: string }
  /** A node sent something to itself. */
  | { readonly _tag: "ToItself"; readonly node: Address; readonly message: string }
  /** Peace did not make the ring ideal. */
  | { readonly _tag: "NotHealed"; readonly flaw: string }
  /** In the ideal ring, a lookup that failed or was answered with another than the key's owner. */
  | {
      readonly _tag: "WrongInPeace";
      readonly key: Id;
      readonly asker: Address;
      /** Who was named, or what it failed with. */
      readonly instead: string;
    }
  /** A value is older than one that was acknowledged before it was asked for, and which somebody alive has. */
  | { readonly _tag: "StaleValue"; readonly key: number; readonly asker: Address; readonly instead: string }
  /** A change got a version that is not above one that was acknowledged before it was asked for. */
  | { readonly _tag: "VersionFell"; readonly key: number; readonly from: number; readonly to: number }
  /** Nobody alive has a change that was acknowledged. */
  | { readonly _tag: "ValueLost"; readonly key: number }
  /** Long after the last trouble, those that keep a key do not hold the same, or others hold something. */
  | { readonly _tag: "ReplicasDiffer"; readonly key: number; readonly holder: Address; readonly flaw: string }
  /** An owner says that more of its values have all their copies than have. */
  | {
      readonly _tag: "CopiesMistold";
      readonly owner: Address;
      readonly told: number;
      readonly missing: number;
    }
  /** Long after the last command a store still has something under way. */
  | { readonly _tag: "Unsettled"; readonly process: Address; readonly what: string }
  /** In the ideal ring, a value that could not be read. */
  | { readonly _tag: "ValueUnread"; readonly key: number; readonly instead: string };
