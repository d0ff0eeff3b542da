import { wireVersions } from "@chordnet/core";
import type { Endpoint, Hello, LinkLimits, Refusal, Transport, TransportEvent } from "@chordnet/transport";
import { openFailure } from "../errors/open-failure.js";

/** A process's endpoints: the first is the one that nodes talk over, the others are for clients alone. */
export type Endpoints = readonly [Endpoint, ...Endpoint[]];

/** What all endpoints of a process say of it, and whom they let in. */
export interface EndpointsOptions {
  readonly incarnation: number;
  readonly limits: Partial<LinkLimits>;
  readonly describe: () => Uint8Array;
  readonly judge: (hello: Hello) => Refusal | null;
}

/** Opens all endpoints, or none. Rejects with a `ChordNetError`. */
export async function openEndpoints(
  transports: readonly [Transport, ...Transport[]],
  { incarnation, limits, describe, judge }: EndpointsOptions,
  onEvent: (index: number, event: TransportEvent) => void,
): Promise<Endpoints> {
  const opened: Endpoint[] = [];
  try {
    for (const [index, transport] of transports.entries()) {
      const endpoint = await transport.open({
        ...{ incarnation, versions: wireVersions, describe, limits },
        judge: index === 0 ? judge : (hello) => clientsOnly(hello) ?? judge(hello),
        onEvent: (event) => onEvent(index, event),
      });
      opened.push(endpoint);
    }
  } catch (error) {
    await Promise.all(opened.map((endpoint) => endpoint.close()));
    throw openFailure(error);
  }
  return opened as [Endpoint, ...Endpoint[]];
}

function clientsOnly(hello: Hello): Refusal | null {
  if (hello.address === null) return null;
  return { code: "clients-only", detail: "nodes talk to each other at this node's advertised address" };
}
