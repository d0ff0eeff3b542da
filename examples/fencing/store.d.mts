import type { Server } from "node:http";

export interface Access {
  /** Its process id. */
  readonly worker: string;
  readonly epoch: number;
  /** Null: it read. */
  readonly wrote: number | null;
  readonly letIn: boolean;
}

export function fencedStore(onAccess: (access: Access) => void): Server;
