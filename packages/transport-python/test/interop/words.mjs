// What a node of the library and one of ours answer to the same bytes.

import { strict as assert } from "node:assert";
import { exchange } from "./exchange.mjs";
import { idOf, Ring } from "./ring.mjs";

export async function sameWords(interpreter) {
  const ring = new Ring(interpreter, 3);
  const python = await ring.add("Python");
  const typescript = await ring.add("TypeScript");
  try {
    assert.notEqual(await ring.settled(60), null);
    const other = `${(idOf(python.name) + idOf(typescript.name)) >> 1}`;
    const [theirs, ours] = [await trace(python, other), await trace(typescript, other)];
    assert.equal(ours.owner, theirs.owner);
    assert.ok(ours.hops >= 4 && theirs.hops >= 4, `${ours.hops} and ${theirs.hops} hops`);
    for (const text of [
      "PING:",
      "PING:1:2",
      `FIND_SUCCESSOR:${other}`,
      `FIND_SUCCESSOR: ${other}\n`,
      `FIND_SUCCESSOR:+${other}`,
      "FIND_SUCCESSOR:",
      "FIND_SUCCESSOR:x",
      "TRACE_SUCCESSOR:x",
      `TRACE_SUCCESSOR:${other}`,
      "NOTIFY:1:2",
      "NOTIFY:x:127.0.0.1:y",
      "HELLO:",
      "x".repeat(1_024),
    ])
      assert.equal(await exchange(typescript.port, text), await exchange(python.port, text), text);
    assert.equal(await exchange(typescript.port, "GET_PREDECESSOR:"), `${idOf(python.name)}:${python.name}`);
    assert.equal(
      await exchange(python.port, "GET_PREDECESSOR:"),
      `${idOf(typescript.name)}:${typescript.name}`,
    );
    const known = `NOTIFY:${idOf(typescript.name)}:${typescript.name}`;
    assert.equal(await exchange(python.port, known), "IGNORED");
    await better(python, typescript, other);
  } finally {
    await ring.end();
  }
}

/** Where the library errs, ours does not: each is written down as both do it. */
async function better(python, typescript, other) {
  const forged = `NOTIFY:${idOf("127.0.0.1:1")}:127.0.0.1:1`;
  assert.equal(await exchange(typescript.port, forged), "INVALID_NODE");
  const whole = await exchange(typescript.port, `FIND_SUCCESSOR:${other}`);
  const split = [`FIND_SUCC`, `ESSOR:${other}`];
  assert.equal(await exchange(typescript.port, split, { apartMs: 50 }), whole);
  assert.notEqual(await exchange(python.port, split, { apartMs: 50 }), whole);
  assert.equal(await exchange(typescript.port, `FIND_SUCCESSOR:${other}`, { half: true }), whole);
  const own = `FIND_SUCCESSOR:${idOf(typescript.name)}`;
  assert.equal(await exchange(typescript.port, own), `${idOf(typescript.name)}:${typescript.name}`);
  assert.notEqual(
    await exchange(python.port, `FIND_SUCCESSOR:${idOf(python.name)}`),
    `${idOf(python.name)}:${python.name}`,
  );
}

/** How far it was passed on depends on who is asked. */
async function trace({ port }, key) {
  const parts = (await exchange(port, `TRACE_SUCCESSOR:${key}:4`)).split(":");
  return { owner: parts.slice(0, 3).join(":"), hops: Number(parts[3]) };
}
