import { describe, expect, it } from "vitest";
import { actionsOf } from "../../src/explorer/actions.js";
import { digest } from "../../src/explorer/canonical.js";
import type { Configuration, Machine } from "../../src/explorer/index.js";
import { configurationNamed, explore } from "../../src/explorer/index.js";
import { act } from "../../src/explorer/perform.js";
import { startOf } from "../../src/explorer/start.js";
import type { World } from "../../src/explorer/world.js";
import { present } from "../../src/explorer/world.js";
import { isIdeal, linked } from "../../src/explorer/zave.js";
import { original } from "./original.js";

/** Pointers alone count: the original knows nothing of who owns what. */
const pointers: Configuration = {
  ...configurationNamed("crash"),
  laws: [linked],
  claims: false,
  sometimes: [],
  scale: { quantumMs: 1000, ageMax: 3 },
};

const three: Configuration = {
  ...pointers,
  name: "original-literal",
  ring: [0, 2, 4],
  budget: { ...pointers.budget, crashes: 1 },
};

/** Nobody fails unless every other member keeps a live entry in its list. */
const two: Configuration = {
  ...pointers,
  name: "original-checked",
  ring: [0, 2],
  newcomers: [1, 3],
  order: "rounds",
  budget: { ...pointers.budget, joins: 2, crashes: 2 },
  mayCrash: (world, point) => linked.broken(happened(without(world, point)), two) === null,
};

/**
 * A trace as it is told in the papers: `fail 0`, `1@0` (1 joins through 0), `4` (4 stabilises, and all that follows).
 */
function played(trace: string, configuration: Configuration, machine: Machine): World {
  let world = startOf(configuration, machine);
  for (const [told, fail, joins, seed] of trace.matchAll(/fail (\d)|(\d)@(\d)|\d/g)) {
    if (fail !== undefined) world = without(world, Number(fail));
    else if (joins !== undefined) {
      const action = { _tag: "Join", point: Number(joins), seed: Number(seed) } as const;
      world = act(world, digest(world, configuration.scale), action, configuration, machine).world;
    } else {
      const due = { ...world, now: world.now + 1000 };
      const action = { _tag: "Tick", point: Number(told) } as const;
      world = act(due, digest(due, configuration.scale), action, configuration, machine).world;
    }
    world = delivered(world, configuration, machine);
  }
  return world;
}

function delivered(from: World, configuration: Configuration, machine: Machine): World {
  let world = from;
  while (world.mail.length > 0) {
    const action = { _tag: "Deliver", mail: 0 } as const;
    world = act(world, digest(world, configuration.scale), action, configuration, machine).world;
  }
  return world;
}

/** So many intervals in which all stabilise. */
function later(from: World, intervals: number, configuration: Configuration, machine: Machine): World {
  let world = { ...from, budget: { ...from.budget, joins: 0, crashes: 0 } };
  const until = world.now + intervals * 1000;
  while (world.now < until) {
    const [action] = actionsOf(world, configuration, machine);
    if (action === undefined) break;
    world = act(world, digest(world, configuration.scale), action, configuration, machine).world;
  }
  return world;
}

function without(world: World, point: number): World {
  return { ...world, seats: world.seats.map((seat, i) => (i === point ? null : seat)) };
}

function happened(world: World): Parameters<typeof linked.broken>[0] {
  return { earlier: world, world, point: null, effects: [], answers: [] };
}

function lists(world: World): Array<readonly [number, number[]]> {
  return present(world).map(
    (node) => [Number(node.self.id), node.pointers.successors.map((peer) => Number(peer.id))] as const,
  );
}

describe("the original protocol", { timeout: 60_000 }, () => {
  it("loses the ring when a peer is adopted unchecked: the trace that is known", () => {
    const world = played("fail 0; 4; 4", three, original.literal);
    expect(linked.broken(happened(world), three)).toBe("4 has no live successor");
  });

  it("loses the ring when a peer is adopted unchecked: the explorer finds it", () => {
    const [violation] = explore(three, { machine: original.literal }).violations;
    expect(violation?.law).toBe("a live successor");
  });

  it("falls apart for ever though it looks who lives: the trace that is known", () => {
    const configuration = { ...two, order: "any" } as const;
    const world = played("1@0; 3@2; 1; 0; fail 1; 3; 2; fail 3", configuration, original.checked);
    const end = later(world, 20, configuration, original.checked);
    expect(lists(end)).toEqual([
      [0, []],
      [2, []],
    ]);
    expect(isIdeal(end, configuration)).toBe(false);
  });

  it("falls apart for ever though it looks who lives: the explorer finds it", () => {
    const [violation] = explore(two, { machine: original.checked }).violations;
    expect(["a live successor", "healing"]).toContain(violation?.law);
  });
});
