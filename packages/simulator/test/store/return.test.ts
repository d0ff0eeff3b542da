import { defaultRing, hashText, space } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { nodeUrl } from "../../src/grow.js";
import type { Result } from "../../src/play.js";
import { play } from "../../src/play.js";
import type { Act, Who } from "../../src/schedule/act.js";
import { draw } from "../../src/schedule/draw.js";
import { scenario } from "../../src/schedule/scenario.js";
import { Dice } from "../../src/simulation/dice.js";
import { steady } from "./steady.js";

interface Return {
  readonly seed: number;
  readonly copies: number;
  readonly virtualNodes: number;
  readonly nodes: number;
  /** So many never come back. */
  readonly gone: number;
}

const keys = 24;

/**
 * A ring larger than a list of successors keeps values; all of it crashes at one instant, and comes back in any order,
 * some at once and some late, while everybody that is there reads. Gives what was broken.
 */
function comeBack({ seed, copies, virtualNodes, nodes, gone }: Return): Result {
  const store = { ...steady, copies };
  const ring = { successors: 4 };
  const quiet = draw(scenario({ seed, nodes, keys, minutes: 1.5, membersMin: 0, store, ring, virtualNodes }));
  const dice = Dice.of(`return ${seed}`);
  const { from } = quiet.trouble;
  const all = Array.from({ length: nodes }, (_, who) => who);
  const acts: Act[] = all.map((who) => ({ at: from + 22_000, _tag: "Crash", who }));
  for (let key = 0; key < keys; key++) {
    acts.push({ at: from + 10 * key, _tag: "Put", who: key % nodes, key });
    acts.push({ at: from + 15_000 + 10 * key, _tag: "Put", who: key % nodes, key });
  }
  const back = seed % 2 === 0 ? neighbours(all) : shuffled(all, dice);
  let at = from + 24_000;
  for (const [i, who] of back.slice(gone).entries()) {
    if (i === 5) at += 12_000;
    acts.push({ at: Math.round(at), _tag: "Start", who });
    at += dice.draw() * (dice.draw() < 0.2 ? 4_000 : 800);
  }
  for (let ms = from + 25_000; ms < at + 10_000; ms += 1_500) {
    for (let key = 0; key < keys; key++)
      acts.push({ at: Math.round(ms + 10 * key), _tag: "Get", who: dice.below(nodes), key });
  }
  acts.sort((one, other) => one.at - other.at);
  const outcome = play({ ...quiet, acts: [...quiet.acts, ...acts] });
  // While those that keep it are down nobody has a value: that is no loss here.
  const violations = outcome.violations.filter((each) => each._tag !== "ValueLost" || each.at > at + 10_000);
  return { ...outcome, violations };
}

/** In the order in which they lie on the circle: the first have all of the founder's list among them. */
function neighbours(all: ReadonlyArray<Who>): ReadonlyArray<Who> {
  const { bits, hash } = defaultRing;
  const point = (who: Who): bigint => hashText(space(bits), hash, nodeUrl(who));
  return [...all].sort((one, other) => (point(one) < point(other) ? -1 : 1));
}

function shuffled(all: ReadonlyArray<Who>, dice: Dice): ReadonlyArray<Who> {
  const drawn = all.map((who) => [dice.draw(), who] as const);
  return drawn.sort(([one], [other]) => one - other).map(([, who]) => who);
}

describe("a ring that is larger than a list of successors and comes back from its disks", () => {
  it.each([1, 2, 3, 5].flatMap((copies) => [0, 1].map((seed) => [copies, seed] as const)))(
    "says of no value of %i copies that it is absent, and has all when all are back (seed %i)",
    (copies, seed) => {
      const { violations, store } = comeBack({
        seed,
        copies,
        virtualNodes: 1,
        nodes: 12 + 4 * seed,
        gone: 0,
      });
      expect(violations).toEqual([]);
      expect(store?.stored).toBe(2 * keys);
    },
  );

  it.each([1, 2, 3])("does so with virtual nodes and %i copies", (copies) => {
    const { violations } = comeBack({ seed: copies, copies, virtualNodes: 3, nodes: 12, gone: 0 });
    expect(violations).toEqual([]);
  });

  it.each([3, 5].flatMap((copies) => [0, 1].map((seed) => [copies, seed] as const)))(
    "has all of %i copies when all but one are back (seed %i)",
    (copies, seed) => {
      const { violations } = comeBack({ seed, copies, virtualNodes: 1, nodes: 12, gone: 1 });
      expect(violations).toEqual([]);
    },
  );
});
