import type { Address } from "@chordnet/core";
import { LateMap, processAddress, virtualIndex } from "@chordnet/core";
import type { Endpoint } from "@chordnet/transport";
import { isClientName } from "@chordnet/transport";
import type { Endpoints } from "./endpoints.js";

/** Where an address leads: over which endpoint, to whom by its names, and to which virtual node there. */
export interface Way {
  readonly endpoint: Endpoint;
  readonly peer: string;
  readonly index: number;
}

/**
 * Which endpoint leads to whom: the first one to every node. Each endpoint counts its own clients, so that two of them
 * may give one name: behind the names of all but the first stands the endpoint's number.
 */
export class Ways {
  readonly #endpoints: Endpoints;
  /** Of virtual nodes: to take their addresses apart costs as much as to write the message. */
  readonly #known = new LateMap<Address, Way>();

  constructor(endpoints: Endpoints) {
    this.#endpoints = endpoints;
  }

  towards(address: Address): Way {
    if (isPlain(address)) return { endpoint: this.#endpoints[0], peer: address, index: 0 };
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const way = this.#wayTo(address);
    if (this.#known.size >= waysMax) this.#known.clear();
    this.#known.set(address, way);
    return way;
  }

  #wayTo(address: Address): Way {
    const process = processAddress(address);
    const index = virtualIndex(address) ?? 0;
    const [main] = this.#endpoints;
    const mark = isClientName(process) ? process.lastIndexOf("@") : -1;
    if (mark < 0) return { endpoint: main, peer: process, index };
    const endpoint = this.#endpoints[Number(process.slice(mark + 1))] ?? main;
    return { endpoint, peer: process.slice(0, mark), index };
  }
}

/** The address of an endpoint's client: the way back to it. */
export function clientAddress(client: string, endpointIndex: number): Address {
  return endpointIndex === 0 ? client : `${client}@${endpointIndex}`;
}

/** Whether it is a process's own, and no client's. */
function isPlain(address: Address): boolean {
  return !address.includes("#") && !isClientName(address);
}

const waysMax = 4_096;
