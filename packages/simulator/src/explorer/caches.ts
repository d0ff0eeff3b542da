import type { NodeState } from "@chordnet/core";
import { contacts, recent } from "@chordnet/core";
import { requestsOf } from "./flat.js";

/** Routes and fingers only make lookups quicker. */
export function withoutCaches(node: NodeState, earlier: NodeState): NodeState {
  const { timers, pointers } = node;
  return {
    ...node,
    pending: node.pending === earlier.pending ? node.pending : timed(node.pending),
    routes: earlier.routes,
    pointers: pointers.fingers.length === 0 ? pointers : { ...pointers, fingers: [] },
    contacts: node.contacts === earlier.contacts ? node.contacts : unmeasured(node.contacts),
    timers: { ...timers, fingersAt: Number.POSITIVE_INFINITY },
    roundTripMs: earlier.roundTripMs,
  };
}

/** The first timeout is known to be no earlier than it is, so that no tick comes in vain. */
function timed(pending: NodeState["pending"]): NodeState["pending"] {
  const due = requestsOf(pending).map(({ expiresAt }) => expiresAt);
  return { ...pending, earliest: Math.min(...due, Number.POSITIVE_INFINITY) };
}

function unmeasured(known: NodeState["contacts"]): NodeState["contacts"] {
  return recent
    .entries(known, contacts.contactAt)
    .reduce((all, [address, contact]) => contacts.put(all, address, { ...contact, roundTripMs: 0 }), known);
}
