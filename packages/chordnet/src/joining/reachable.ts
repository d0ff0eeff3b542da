import { ChordNetError } from "../errors/errors.js";
import type { Runtime } from "../member/runtime.js";
import type { Logger } from "../ports.js";

/**
 * Asks who answers at the address that this node advertises, as members do with who joins them: who founds a ring has
 * nobody else to ask. Throws `ADDRESS_TAKEN` where it is another process. That nobody answers is a warning: behind a
 * router that leads no packet back to where it came from, a node that all others reach does not reach itself.
 */
export async function checkReachable({ links, address }: Runtime, logger: Logger): Promise<void> {
  const greeted = await links.greet(address);
  if (greeted._tag === "Right") throw new ChordNetError("ADDRESS_TAKEN", { address });
  const { reason, detail } = greeted.left;
  if (reason === "self" || reason === "closed") return;
  const words = `this node cannot reach itself at ${address}, the address that it advertises: can others?`;
  logger.warn(words, { reason, detail });
}
