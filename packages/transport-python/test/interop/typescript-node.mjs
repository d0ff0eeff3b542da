// A node of ours on the Python library's wire, in this process.

import { pythonChordnet } from "@chordnet/transport-python";
import { ChordNet } from "chordnet";

const nameOf = (peer) =>
  peer === null || peer === undefined ? null : peer.address.slice("chordnet-py://".length);

export class TypeScriptNode {
  kind = "TypeScript";
  #ring;

  constructor(port, intervalMs) {
    this.port = port;
    this.name = `127.0.0.1:${port}`;
    this.#ring = new ChordNet({ transport: pythonChordnet({ host: "127.0.0.1", port }), intervalMs });
  }

  create() {
    return this.#ring.create();
  }

  join(through) {
    return this.#ring.join(`chordnet-py://${through.name}`);
  }

  async lookups(keys) {
    const found = [];
    for await (const { owner, error } of this.#ring.lookups(
      keys.map((key) => ({ id: BigInt(key) })),
      { concurrency: 1 },
    )) {
      found.push(error === undefined ? nameOf(owner) : null);
    }
    return found;
  }

  async state() {
    const [node] = this.#ring.status().nodes;
    const [successor] = node.successors;
    return { predecessor: nameOf(node.predecessor), successor: nameOf(successor) ?? this.name };
  }

  leave() {
    return this.#ring.leave();
  }

  kill() {
    return this.#ring.close();
  }
}
