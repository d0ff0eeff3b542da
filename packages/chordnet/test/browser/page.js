// Runs in the browser, bundled by check.mjs. Tells what came out by way of the window's properties.

import { Network } from "@chordnet/transport-memory";
import { ws } from "@chordnet/transport-ws";
import { ChordNet } from "chordnet";

/** A client of a ring outside. */
window.asClient = async (via, keys) => {
  const client = await ChordNet.connect({ transport: ws(), via });
  const owners = {};
  for await (const { key, owner, error } of client.lookups(keys, { concurrency: 8 })) {
    owners[key] = owner?.address ?? error.code;
  }
  const { phase } = await client.status();
  const { hops } = await client.trace(keys[0]);
  await client.close();
  const late = await client.lookup("x").catch(({ code }) => code);
  return { owners, phase, traced: hops.length, ring: client.ring.name, late };
};

/** What a client is told that can't connect. */
window.asStranger = async (via) => {
  try {
    await ChordNet.connect({ transport: ws(), via, timeoutMs: 5_000 });
  } catch ({ code, message }) {
    return { code, message };
  }
  return { code: "connected" };
};

/** A whole ring inside the page. */
window.asRing = async (names) => {
  const network = new Network();
  const nodes = [];
  for (const name of names) {
    const node = new ChordNet({ transport: network.transport({ name }), intervalMs: 50 });
    if (nodes.length === 0) await node.create();
    else await node.join("memory://a");
    nodes.push(node);
  }
  const owners = await Promise.all(nodes.map(async (node) => (await node.lookup("user:42")).address));
  await Promise.all(nodes.map((node) => node.close()));
  return owners;
};
