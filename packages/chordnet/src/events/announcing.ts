import type { Announcement, Config } from "@chordnet/core";
import { peerInfo } from "../address.js";
import type { JoinTrouble } from "../joining/joining.js";
import { boundsView, peerOrNull } from "../views.js";
import type { EventName, Events } from "./events.js";

/** Tells the listeners of an event. */
export type Emit = <E extends EventName>(event: E, data: Events[E]) => void;

/**
 * Tells what the state machine announces of a virtual node as the event that the application hears. What is wrong with
 * a seed goes elsewhere: it concerns who is joining. That a node has joined or left is told of the whole process, by
 * its `MemberLife`.
 */
export function announce(
  config: Config,
  node: number,
  change: Exclude<Announcement, JoinTrouble>,
  emit: Emit,
): void {
  switch (change._tag) {
    case "SuccessorChanged":
    case "PredecessorChanged": {
      const moved = { from: peerOrNull(config, change.from), to: peerOrNull(config, change.to), node };
      return emit(change._tag === "SuccessorChanged" ? "successorChanged" : "predecessorChanged", moved);
    }
    case "RangeGained":
    case "RangeLost": {
      const { start, end, reason, epoch } = change;
      const bounds = boundsView(config, end, (end - start) & config.space.mask);
      const range = { ...bounds, peer: peerOrNull(config, change.peer), reason, epoch, node };
      return emit(change._tag === "RangeGained" ? "rangeGained" : "rangeLost", range);
    }
    case "PeerEvicted":
      return emit("peerEvicted", { peer: peerInfo(config, change.peer), reason: change.reason, node });
    case "Isolated":
      return emit("isolated", { node });
    case "Joined":
    case "Departed":
      return;
  }
}
