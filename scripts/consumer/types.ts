import { type NodeState, nextDeadline } from "@chordnet/core";
import { lmdbStorage } from "@chordnet/storage-lmdb";
import { Network } from "@chordnet/transport-memory";
import { tcp } from "@chordnet/transport-tcp";
import { ws } from "@chordnet/transport-ws";
import { ChordNet, ChordNetError, type Owner } from "chordnet";
import * as fp from "chordnet/fp";

export const deadline: (state: NodeState) => number | null = nextDeadline;
export const rings: ReadonlyArray<ChordNet> = [
  new ChordNet({
    transport: new Network().transport({ name: "a" }),
    store: { storage: lmdbStorage({ path: "values", sync: "interval" }) },
  }),
  new ChordNet({ transport: tcp({ host: "127.0.0.1", port: 0 }) }),
  new ChordNet({ transport: ws({ host: "127.0.0.1", port: 0 }) }),
];
export const found: Promise<Owner>[] = rings.map((ring) => ring.lookup("user:42"));
export const code = (error: unknown): string => (error instanceof ChordNetError ? error.code : "none");
export { fp };
