// What heals after something happened to one node of a ring of eight, and what can't: that depends on its neighbours.

import { strict as assert } from "node:assert";
import { keysOf, percent } from "./grown.mjs";
import { intervalMs, Ring } from "./ring.mjs";

const intervalsMax = 20;

const kill = (_, node) => node.kill();
const leave = (_, node) => node.leave();
const restart = async (ring, node) => {
  await node.kill();
  await ring.enter(await ring.start(node.kind, node.port));
};

const ours = "TypeScript";
const theirs = "Python";

/** What happens, and the kinds of the node that it happens to, of the one before it and of the one behind it. */
const faults = [
  { what: "killed", act: kill, kind: ours, before: ours, behind: ours },
  { what: "killed", act: kill, kind: ours, before: theirs, behind: ours },
  { what: "killed", act: kill, kind: ours, before: ours, behind: theirs },
  { what: "killed", act: kill, kind: ours, before: theirs, behind: theirs },
  { what: "left", act: leave, kind: ours, before: theirs, behind: theirs },
  { what: "restarted at once", act: restart, kind: ours, before: theirs, behind: theirs },
  { what: "killed", act: kill, kind: theirs, before: ours, behind: ours },
  { what: "killed", act: kill, kind: theirs, before: theirs, behind: theirs },
];

/** Two at a time: most of it is waiting. */
export async function healed(interpreter) {
  for (let i = 0; i < faults.length; i += 2)
    for (const lines of await Promise.all(faults.slice(i, i + 2).map((fault) => after(interpreter, fault))))
      for (const line of lines) console.log(line);
}

async function after(interpreter, { what, act, kind, before, behind }) {
  const ring = new Ring(interpreter, 11);
  const others = [ours, theirs, ours, theirs, ours];
  try {
    const [, victim] = await ring.ordered([before, kind, behind, ...others]);
    assert.notEqual(await ring.settled(120), null);
    ring.without(victim);
    await act(ring, victim);
    const healedMs = await ring.settled(intervalsMax);
    const flaws = await ring.flaws();
    const keys = keysOf(100, 7);
    const us = await ring.judgedAtLast(ring.of(ours), keys);
    const them = await ring.judged(ring.of(theirs), keys);
    const words = ({ right, wrong, silent }) =>
      `${percent(right)} right, ${percent(wrong)} wrong, ${percent(silent)} without an answer`;
    const lines = [
      `       a ${kind} node ${what}, a ${before} node before it, a ${behind} node behind it: ${
        healedMs === null
          ? `not whole after ${intervalsMax}`
          : `whole after ${(healedMs / intervalMs).toFixed(1)}`
      } intervals`,
      ...flaws.map(({ text }) => `         ${text}`),
      `         ${ours} nodes: ${words(us)}`,
      `         ${theirs} nodes:     ${words(them)}`,
    ];
    // The library does not heal around the dead: its nodes' pointers to them are wrong for ever, and so none of them
    // tells the node behind that it comes before it.
    for (const { kind: whose, pointer, is, text } of flaws) {
      const stale = whose === theirs && is === victim.name;
      const untold = whose === ours && pointer === "predecessor" && is === null && before === theirs;
      assert.ok(stale || untold, text);
    }
    // What our nodes can't find out they don't answer.
    assert.equal(us.wrong, 0, us.example ?? "");
    return lines;
  } finally {
    await ring.end();
  }
}
