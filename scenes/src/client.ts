import { tcp } from "@chordnet/transport-tcp";
import { ChordNet, isChordNetError } from "chordnet";
import { parseId } from "./identifiers.js";
import type { Asker } from "./load.js";

/** A client of one node, over TCP, as an application would have it. */
export async function connect(via: string): Promise<Asker> {
  const client = await ChordNet.connect({ transport: tcp.client(), via });
  return {
    lookup: async (id, timeoutMs) => {
      try {
        const { address, id: ownerId, epoch, leaseMs, hops } = await client.lookup({ id }, { timeoutMs });
        return { _tag: "Answered", owner: address, ownerId: parseId(ownerId), epoch, leaseMs, hops };
      } catch (error) {
        // An error of the platform has a code as well, but not one of the library's.
        throw isChordNetError(error) ? error : new Error(`not a ChordNetError: ${String(error)}`);
      }
    },
    close: () => client.close(),
  };
}
