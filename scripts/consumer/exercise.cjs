// What an application does first: three nodes form a ring, agree on an owner, leave. Over each transport. And a value
// that is there when its node is started again.

const assert = require("node:assert/strict");
const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

module.exports = async function exercise({ chordnet, fp, lmdb, memory, tcp, ws }) {
  const network = new memory.Network();
  await agree(chordnet, (name) => network.transport({ name }));
  await agree(chordnet, () => tcp.tcp({ host: "127.0.0.1", port: 0 }));
  await agree(chordnet, () => ws.ws({ host: "127.0.0.1", port: 0 }));
  await keep(chordnet, tcp, lmdb);
  assert.ok(Object.keys(fp).length > 0, "chordnet/fp exports something");
};

async function agree({ ChordNet }, transport) {
  const nodes = ["a", "b", "c"].map((name) => new ChordNet({ transport: transport(name), intervalMs: 100 }));
  const [founder, ...joiners] = nodes;
  await founder.create();
  for (const node of joiners) await node.join(founder.address);
  const owners = await Promise.all(nodes.map((node) => node.lookup("user:42")));
  assert.equal(new Set(owners.map((owner) => owner.address)).size, 1, JSON.stringify(owners));
  assert.equal(owners.filter((owner) => owner.self).length, 1);
  for (const node of nodes) await node.leave();
}

async function keep({ ChordNet }, { tcp }, { lmdbStorage }) {
  const path = mkdtempSync(join(tmpdir(), "values-"));
  for (const kept of [null, "Ada"]) {
    const storage = lmdbStorage({ path });
    const node = new ChordNet({ transport: tcp({ host: "127.0.0.1", port: 0 }), store: { storage } });
    await node.create();
    const found = await node.store.get("user:42");
    assert.equal(found === null ? null : Buffer.from(found.bytes).toString(), kept);
    await node.store.put("user:42", new Uint8Array(Buffer.from("Ada")));
    await node.close();
  }
  rmSync(path, { recursive: true });
}
