import type { OperationId } from "../event.js";
import type { Turn } from "../turn.js";
import { announce, own, succeed } from "../turn.js";

/** Tells the application, with the first claim, that it is a member now. */
export function settleMembership(turn: Turn): void {
  const phase = turn.state.phase;
  if (phase._tag !== "Member" || phase.settling === null) return;
  own(turn).phase = { _tag: "Member", settling: null };
  tellJoined(turn, phase.settling);
}

/** The newcomer's operation is settled, and the application told. */
export function tellJoined(turn: Turn, operation: OperationId): void {
  succeed(turn, operation, { _tag: "Joined" });
  announce(turn, { _tag: "Joined" });
}
