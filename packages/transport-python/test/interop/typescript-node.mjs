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

  async ready() {}

  create() {
    return this.#ring.create();
  }

  join(through) {
    return this.#ring.join(`chordnet-py://${through.name}`);
  }

  /** Null where no live node says that it owns the key, which takes until the lookup's time is over. */
  async lookups(keys) {
    const found = new Map();
    const asked = keys.map((key) => ({ id: BigInt(key) }));
    for await (const { key, owner, error } of this.#ring.lookups(asked, {
      concurrency: 16,
      timeoutMs: 2_000,
    })) {
      found.set(Number(key.id), error === undefined ? nameOf(owner) : null);
    }
    return keys.map((key) => found.get(key));
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
