import type { MessageLimits, RequestId } from "../message.js";

/**
 * Why bytes are no message. Whoever sent them is at fault, or speaks a later version.
 *
 * @category wire
 */
export type DecodeError =
  /** The frame ends before what it announces. `offset` is where the missing part begins. */
  | { readonly _tag: "Truncated"; readonly offset: number }
  /** More than the limit allows; nothing was built from it. */
  | {
      readonly _tag: "TooLarge";
      readonly limit: keyof MessageLimits;
      readonly max: number;
      readonly actual: number;
    }
  /** Bytes that no encoder writes. `offset` is where the part begins, or a byte in it that is wrong. */
  | { readonly _tag: "Malformed"; readonly part: WirePart; readonly offset: number }
  /**
   * A kind that this version does not know. A request (`rid` is not null) is to be answered `Refused`, `unsupported`.
   */
  | {
      readonly _tag: "UnknownKind";
      readonly kind: number;
      readonly rid: RequestId | null;
      readonly from: number;
      readonly to: number;
    };

/** What can be malformed. `message`: each part is well formed, but the whole is not what its codec accepts. */
export type WirePart =
  | "kind"
  | "varint"
  | "place"
  | "flag"
  | "word"
  | "id"
  | "distance"
  | "integer"
  | "address"
  | "text"
  | "extension"
  | "message";
