import { createServer } from "node:net";
import { left } from "@chordnet/core";
import type { AddressError, Foreign, OpenOptions, Transport } from "@chordnet/transport";
import { canonicalHostPort, TransportError } from "@chordnet/transport";
import { advertisedAddress, checkListen, listenNet } from "@chordnet/transport/node";
import type { Either } from "fp-ts/lib/Either.js";
import { PythonEndpoint } from "./endpoint.js";
import { listedMax } from "./interpreter.js";
import { scheme, urlOf } from "./space.js";

export interface PythonOptions {
  /**
   * Whether lookups may end with what no owner has confirmed, as all do on this wire: true unless told. False: they
   * reject with `UNCONFIRMED`, but for keys of this node itself.
   */
  readonly unconfirmed?: boolean;
}

/** What a node needs, and a client does not. */
export interface PythonNodeOptions extends PythonOptions {
  /** The IPv4 address or the name to listen on, and under which others know this node: it is what is hashed. */
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** The `chordnet-py://ip:port` under which others reach this node, if it is not the one it listens on. */
  readonly advertise?: string;
}

/**
 * A node in a ring of the Python library `chordnet` 2.2.2: its wire, its identifiers, and no more promises than it
 * makes. Addresses are `chordnet-py://ip:port`. Without host and port: for a client, which does not listen.
 *
 * `open` rejects with a `TransportError`: `address-in-use`, `address-not-available`, `name-not-resolved`,
 * `permission-denied`, `too-many-files`, or `bad-address` where what it would advertise can't be dialled.
 *
 * @example
 * ```ts
 * import assert from "node:assert";
 * import { pythonChordnet } from "@chordnet/transport-python";
 * import { ChordNet } from "chordnet";
 *
 * const one = new ChordNet({ transport: pythonChordnet({ host: "127.0.0.1", port: 0 }), intervalMs: 500 });
 * const two = new ChordNet({ transport: pythonChordnet({ host: "127.0.0.1", port: 0 }), intervalMs: 500 });
 * await one.create();
 * await two.join(one.address);
 * const owner = await two.lookup({ id: one.id });
 * assert.deepStrictEqual([owner.address, owner.confirmed], [one.address, false]);
 *
 * const client = await ChordNet.connect({ transport: pythonChordnet(), via: two.address });
 * assert.strictEqual((await client.lookup({ id: one.id })).address, one.address);
 * await client.close();
 * await Promise.all([one.leave(), two.leave()]);
 * ```
 */
export const pythonChordnet = (options: PythonOptions | PythonNodeOptions = {}): Transport => ({
  scheme,
  foreign: { ...foreign, unconfirmed: options.unconfirmed ?? true },
  open: async (open) => (listens(options) ? listening(options, open) : new PythonEndpoint(null, open)),
});

/** Half of what a node needs is a mistake, which is told when it opens. */
const listens = (options: PythonOptions | PythonNodeOptions): options is PythonNodeOptions =>
  "host" in options || "port" in options;

const listening = async (options: PythonNodeOptions, open: OpenOptions): Promise<PythonEndpoint> => {
  checkListen(options);
  advertisedAddress({ scheme, canonical }, options, options.port);
  const hold: { endpoint: PythonEndpoint | null } = { endpoint: null };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    if (hold.endpoint === null) socket.destroy();
    else hold.endpoint.onSocket(socket);
  });
  const port = await listenNet(server, options);
  const address = advertisedAddress({ scheme, canonical }, options, port);
  hold.endpoint = new PythonEndpoint({ address, server }, open);
  return hold.endpoint;
};

const foreign: Omit<Foreign, "unconfirmed"> = {
  dialect: { hashed: "authority", confirms: false },
  ring: { bits: 16, hash: "sha1", successors: listedMax },
};

const canonical = (text: string): Either<AddressError, string> => {
  const address = canonicalHostPort(text, scheme);
  if (address._tag === "Left") return address;
  const { host, port } = address.right;
  const url = urlOf(host, String(port));
  if (url === null) {
    throw new TransportError("bad-address", `${text}: the wire of the Python library has no room for IPv6`);
  }
  return address.right.path === "" ? { _tag: "Right", right: url } : left({ _tag: "Malformed", text });
};
