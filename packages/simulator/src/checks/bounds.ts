import type { NodeState } from "@chordnet/core";
import { ringRequestsMax } from "@chordnet/core";
import type { Broken } from "./violation.js";

/** Contacts beyond those that are remembered. */
const contactsBeyond = 64;

const circlesMax = 64;

/** Everything that a node keeps has a bound. The first that is past its own, of what changed. */
export function boundFlaw(before: NodeState, node: NodeState): Broken | null {
  const { config, pointers, remembered, contacts, routes, pending, ownership, phase } = node;
  const { ring, limits } = config;
  if (pointers !== before.pointers) {
    if (pointers.successors.length > ring.successors) return past(node, "successors");
    if (pointers.fingers.length > ring.bits) return past(node, "fingers");
  }
  if (remembered !== before.remembered && remembered.length > limits.rememberedMax)
    return past(node, "remembered");
  if (contacts !== before.contacts && contacts.size > limits.rememberedMax + contactsBeyond)
    return past(node, "contacts");
  if (routes !== before.routes && routes.entries.length > limits.routesMax) return past(node, "routes");
  if (pending !== before.pending && pending.size > limits.pendingMax + ringRequestsMax)
    return past(node, "pending");
  if (ownership !== before.ownership && ownership.circlesPassed.length > circlesMax)
    return past(node, "circlesPassed");
  // One that it met may have said something, too.
  if (phase._tag === "Joining" && phase.told.size > phase.seeds.length + 1) return past(node, "told");
  return null;
}

function past({ self }: NodeState, what: string): Broken {
  return { _tag: "Unbounded", node: self.address, what };
}
