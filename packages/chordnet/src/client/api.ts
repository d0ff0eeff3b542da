import type { CallOptions, Lookups } from "../api.js";
import type { RingStatus, Status } from "../status.js";
import type { Store } from "../store/api.js";

/**
 * What one who asks a ring, and is no member, can do.
 *
 * @category api
 */

/** One who asks and is no member. `ChordNet.connect` makes it. */
export interface Client extends Lookups {
  /** The ring's values. */
  readonly store: Store;
  /** The parameters of the ring, as its members tell them. */
  readonly ring: RingStatus;
  /**
   * The whole state of the node that answers, or of the one at `address`. Rejects with `BAD_ADDRESS`,
   * `PEER_UNREACHABLE`, `REFUSED` or `TIMEOUT`.
   */
  status(options?: CallOptions & { readonly address?: string | undefined }): Promise<Status>;
  /** Leaves nothing open; what is under way rejects with `CLOSED`. Any number of times. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
