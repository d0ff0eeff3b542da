// Rings of both kinds, beside rings of Python nodes alone with the same joins at the same time.

import { strict as assert } from "node:assert";
import { dice, intervalMs, Ring, shuffled } from "./ring.mjs";

const intervalsMax = 120;

/** Of a lookup in a quiet ring. */
const triesMax = 4;

export function keysOf(count, seed) {
  const roll = dice(seed);
  return Array.from({ length: count }, () => roll(65_536));
}

export const percent = (share) => `${(100 * share).toFixed(2)} %`;

/** Grown several times: how long it takes depends on how the nodes' timers happen to lie, and medians are compared. */
export async function grown(interpreter, { typescript, python, keys, runs }) {
  const kinds = [...Array(typescript).fill("TypeScript"), ...Array(python).fill("Python")];
  const took = { mixed: [], alone: [] };
  for (let run = 1; run <= runs; run += 1) {
    const seed = 100 * kinds.length + 10 * typescript + run;
    const order = shuffled(kinds, dice(seed));
    const mixed = new Ring(interpreter, seed);
    const alone = new Ring(interpreter, seed);
    try {
      const [mixedMs, aloneMs] = await Promise.all([
        mixed.grow(order, intervalsMax),
        alone.grow(Array(kinds.length).fill("Python"), intervalsMax),
      ]);
      if (mixedMs === null) throw new Error((await mixed.flaws()).map(({ text }) => text).join("\n"));
      took.mixed.push(mixedMs / intervalMs);
      took.alone.push((aloneMs ?? Number.POSITIVE_INFINITY) / intervalMs);
      if (run === runs) await compared(mixed, alone, keysOf(keys, seed));
    } finally {
      await Promise.all([mixed.end(), alone.end()]);
    }
  }
  const [ours, theirs] = [median(took.mixed), median(took.alone)];
  const all = (intervals) => intervals.map((each) => each.toFixed(1)).join(", ");
  console.log(`       whole after ${ours.toFixed(1)} intervals (${all(took.mixed)}),`);
  console.log(`         Python alone after ${theirs.toFixed(1)} (${all(took.alone)})`);
  assert.ok(ours <= 1.5 * theirs, `${ours} intervals, Python alone ${theirs}`);
}

async function compared(mixed, alone, keys) {
  const few = keys.slice(0, 100);
  const ours = await mixed.judgedAtLast(mixed.of("TypeScript"), keys, triesMax);
  const theirs = await mixed.judged(mixed.of("Python"), few);
  const those = await alone.judged(alone.nodes, few);
  console.log(
    `       right: from TypeScript nodes ${percent(ours.right)} of ${keys.length} keys each; ` +
      `from Python nodes ${percent(theirs.right)} of ${few.length}, in the ring of Python alone ${percent(those.right)}`,
  );
  assert.equal(ours.wrong, 0, ours.example ?? "");
  assert.equal(ours.silent, 0);
  // The library errs about the ids of its own nodes, of which few of the keys are.
  assert.ok(theirs.right >= those.right - 0.02, `from Python nodes ${theirs.right}, alone ${those.right}`);
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}
