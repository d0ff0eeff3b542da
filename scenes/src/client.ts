import { tcp } from "@chordnet/transport-tcp";
import { ChordNet, isChordNetError } from "chordnet";
import type { RingRow } from "./ideal.js";
import { parseId } from "./identifiers.js";
import type { Guest } from "./stage.js";

/** A client of one node, over TCP, as an application would have it. */
export async function connect(via: string): Promise<Guest> {
  const client = await ChordNet.connect({ transport: tcp(), via });
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
    walk: async (timeoutMs) => {
      const rows: RingRow[] = [];
      for await (const row of client.walk({ timeoutMs })) rows.push(row);
      return rows;
    },
    close: () => client.close(),
  };
}
