import type { NodeState } from "@chordnet/core";
import { ringRequestsMax } from "@chordnet/core";
import type { Broken } from "./violation.js";

/** Contacts beyond those that are remembered. */
const contactsBeyond = 64;

const circlesMax = 64;

/** Everything that a node keeps has a bound. The first that is past its own. */
export function boundFlaw(node: NodeState): Broken | null {
  const { config, pointers, ownership, phase } = node;
  const { ring, limits } = config;
  const told = phase._tag === "Joining" ? phase.told.size - phase.seeds.length : 0;
  if (pointers.successors.length > ring.successors) return past(node, "successors");
  if (pointers.fingers.length > ring.bits) return past(node, "fingers");
  if (node.remembered.length > limits.rememberedMax) return past(node, "remembered");
  if (node.contacts.size > limits.rememberedMax + contactsBeyond) return past(node, "contacts");
  if (node.routes.entries.length > limits.routesMax) return past(node, "routes");
  if (node.pending.size > limits.pendingMax + ringRequestsMax) return past(node, "pending");
  if (ownership.circlesPassed.length > circlesMax) return past(node, "circlesPassed");
  if (told > 0) return past(node, "told");
  return null;
}

function past({ self }: NodeState, what: string): Broken {
  return { _tag: "Unbounded", node: self.address, what };
}
