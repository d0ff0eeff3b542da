import type { Clocked, Received } from "./event.js";
import type { Distance } from "./identifier.js";
import { processAddress } from "./peer.js";
import { siblingSaw } from "./protocol/quorum.js";
import type { NodeState } from "./state.js";
import { copied } from "./turn.js";

/** What the virtual nodes of one process know of each other without asking. */

/** Tells each how much the others hold: so it knows when nobody is left elsewhere. */
export function tellHeld(nodes: NodeState[]): void {
  let held = 0n;
  for (const node of nodes) held += heldLength(node);
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i] as NodeState;
    const siblingsHold = held - heldLength(node);
    if (node.siblingsHold === siblingsHold) continue;
    const told = copied(node);
    told.siblingsHold = siblingsHold;
    nodes[i] = told;
  }
}

/** Tells the others that a process answered one of them: it is in reach of all. */
export function tellSeen(nodes: NodeState[], by: number, event: Received & Clocked): void {
  const seeing = nodes[by] as NodeState;
  if (seeing.config.minMembers <= 1) return;
  const process = processAddress(event.from);
  for (let i = 0; i < nodes.length; i++) {
    if (i !== by) nodes[i] = siblingSaw(nodes[i] as NodeState, seeing, process, event);
  }
}

/** How much a node holds: nothing while it hands its token over, which may be another's by now. */
export function heldLength({ ownership: { token, handingOver } }: NodeState): Distance {
  return token === null || handingOver ? 0n : token.length;
}
