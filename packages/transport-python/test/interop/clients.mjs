// Clients on the wire of the Python library, in code and on the command line, through nodes of either kind.

import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pythonChordnet } from "@chordnet/transport-python";
import { ChordNet } from "chordnet";
import { keysOf } from "./grown.mjs";
import { idOf, Ring } from "./ring.mjs";

const command = fileURLToPath(new URL("../../../cli/bin/chordnet.js", import.meta.url));

export async function clients(interpreter) {
  const ring = new Ring(interpreter, 5);
  try {
    const nodes = await ring.ordered(["Python", "TypeScript", "Python", "TypeScript"]);
    assert.notEqual(await ring.settled(120), null);
    for (const node of nodes) {
      await asked(ring, node);
      await typed(ring, node);
    }
  } finally {
    await ring.end();
  }
}

const urlOf = ({ name }) => `chordnet-py://${name}`;

/** The nodes in the order of the ring, from this one on. */
function round(ring, from) {
  const order = ring.inOrder();
  const at = order.indexOf(from);
  return [...order.slice(at), ...order.slice(0, at)].map(urlOf);
}

async function asked(ring, node) {
  const client = await ChordNet.connect({ transport: pythonChordnet(), via: urlOf(node) });
  const seen = [];
  for await (const { address } of client.walk()) seen.push(address);
  assert.deepEqual(seen, round(ring, node));
  const keys = keysOf(50, 9);
  const own = await node.lookups(keys);
  for await (const { key, owner, error } of client.lookups(keys.map((id) => ({ id: BigInt(id) })))) {
    if (error !== undefined) throw error;
    assert.equal(owner.address, urlOf({ name: own[keys.indexOf(Number(key.id))] }));
    assert.equal(owner.confirmed, false);
    if (node.kind === "TypeScript") assert.equal(owner.address, urlOf({ name: ring.owner(Number(key.id)) }));
  }
  await client.close();
}

async function typed(ring, node) {
  const via = ["--json", "--via", urlOf(node)];
  const members = await lines("ring", ...via);
  assert.deepEqual(
    members.map(({ address, id }) => [address, id]),
    round(ring, node).map((url) => [url, hex(idOf(url.slice("chordnet-py://".length)))]),
  );
  const point = (idOf(ring.nodes[0].name) + 65_536 - 1) % 65_536;
  const [found] = await lines("lookup", "--id", hex(point), ...via);
  assert.deepEqual([found.owner.address, found.confirmed], [urlOf({ name: ring.owner(point) }), false]);
}

const hex = (id) => id.toString(16).padStart(4, "0");

async function lines(...typed) {
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...typed]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
