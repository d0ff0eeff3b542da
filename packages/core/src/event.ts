import type { Id } from "./identifier.js";
import type { Message, Millis } from "./message.js";
import type { Address, Incarnation } from "./peer.js";

/**
 * What happened. A trace is a list of these; replaying it is a `reduce` with `step`.
 *
 * @category events
 */
export type Event = Clocked & Happening;

/** When. `at` never goes back and may start anywhere; `wall` is the calendar's, in milliseconds since 1970. */
export interface Clocked {
  readonly at: Millis;
  readonly wall: Millis;
}

/** Names something that the application asked for; chosen by the shell, answered by one `Settled` effect. */
export type OperationId = number;

/**
 * Why a message did not reach its peer.
 * - `refused`: nothing listens there. This alone proves that the process at that address is dead.
 * - `unreachable`: no connection, for whatever reason; it may live.
 * - `overloaded`: this process has too much under way to send it.
 * - `rejected`: the other end is there, and wants no connection with this one (another ring, a wrong secret).
 */
export type PresentFailure = "refused" | "unreachable" | "overloaded" | "rejected";

/** The same; or `refused-before`: it was refused, and is not dialled again so soon. Another may live there by now. */
export type SendFailure = PresentFailure | "refused-before";

/** How a lookup goes: handed on from node to node, or every step asked by the one who looks up. */
export type LookupMode = "recursive" | "iterative";

export type Happening =
  | Received
  | SendFailed
  | Disconnected
  | Ticked
  | CreateRequested
  | JoinRequested
  | LookupRequested
  | InspectRequested
  | LeaveRequested
  | Cancelled;

export interface Received {
  readonly _tag: "Received";
  /**
   * The sender's virtual node, its process's address authenticated by the transport; for a client, a name to answer to.
   */
  readonly from: Address;
  readonly incarnation: Incarnation;
  /** It has no address and is no node: it may look up and inspect, nothing else. */
  readonly client: boolean;
  readonly message: Message;
}

export interface SendFailed {
  readonly _tag: "SendFailed";
  readonly to: Address;
  readonly message: Message;
  readonly reason: SendFailure;
}

/** The connection to a process ended without our closing it. It may be dead, or only the connection. */
export interface Disconnected {
  readonly _tag: "Disconnected";
  /** The process's address: that of its virtual node 0. */
  readonly process: Address;
}

/** The time that `nextDeadline` gave has come. Early, late and repeated ones do no harm. */
export interface Ticked {
  readonly _tag: "Ticked";
}

/** Found a ring of one. */
export interface CreateRequested {
  readonly _tag: "CreateRequested";
  readonly operation: OperationId;
}

/** Become a member through any of `seeds`, trying them again and again until `Cancelled`. */
export interface JoinRequested {
  readonly _tag: "JoinRequested";
  readonly operation: OperationId;
  readonly seeds: ReadonlyArray<Address>;
  /**
   * Where no seed is a member for 3 intervals, found the ring, if of the seeds that answer this node's id is the
   * smallest.
   */
  readonly orCreate: boolean;
}

export interface LookupRequested {
  readonly _tag: "LookupRequested";
  readonly operation: OperationId;
  readonly target: Id;
  /** On the clock of `at`. */
  readonly deadline: Millis;
  readonly mode: LookupMode;
}

/** Ask a node for its neighbours and its claim. */
export interface InspectRequested {
  readonly _tag: "InspectRequested";
  readonly operation: OperationId;
  readonly address: Address;
  readonly deadline: Millis;
}

/** Hand over and go; given up at the deadline, which then counts as a crash. */
export interface LeaveRequested {
  readonly _tag: "LeaveRequested";
  readonly operation: OperationId;
  readonly deadline: Millis;
}

/**
 * The application no longer wants the answer. Ends lookups, inspections, and joins that no range was handed to yet;
 * anything else settles as if nothing had been said.
 */
export interface Cancelled {
  readonly _tag: "Cancelled";
  readonly operation: OperationId;
}
