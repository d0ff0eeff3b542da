import { nextDeadline, step } from "@chordnet/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Action } from "../../src/explorer/actions.js";
import { actionsOf, isTrouble } from "../../src/explorer/actions.js";
import { digest } from "../../src/explorer/canonical.js";
import type { Configuration } from "../../src/explorer/configuration.js";
import { configurationNamed } from "../../src/explorer/configurations.js";
import type { Flat } from "../../src/explorer/flat.js";
import { epoch } from "../../src/explorer/flat.js";
import { marked } from "../../src/explorer/laws.js";
import { act } from "../../src/explorer/perform.js";
import { startOf } from "../../src/explorer/start.js";
import type { Mail, World } from "../../src/explorer/world.js";
import { pointOf, points } from "../../src/explorer/world.js";

const machine = { step, nextDeadline };

/** Joins, leaves and crashes in a ring of two, and lookups of one key. */
const troubled: Configuration = {
  ...configurationNamed("join-leave"),
  ring: [0, 3],
  newcomers: [1, 5],
  keys: [6],
  budget: { joins: 2, leaves: 1, crashes: 1, lookups: 1, losses: 2, lates: 1, stops: 1 },
};

function next(world: World, action: Action, configuration: Configuration): World {
  const happened = act(world, digest(world, configuration.scale), action, configuration, machine);
  return marked(happened.world, happened.point, configuration);
}

const turned = (point: number, by: number): number => (point + by) % points;

/** The same action in the other world: there, what is under way stands in another order. */
function turnedAction(action: Action, world: World, by: number, other: World): Action {
  if ("mail" in action) {
    const shown = ({ from, to, message }: Mail, turn: number): string =>
      [turned(pointOf(from), turn), turned(pointOf(to), turn), message._tag].join(" ");
    const wanted = shown(world.mail[action.mail] as Mail, by);
    const before = world.mail.slice(0, action.mail).filter((mail) => shown(mail, by) === wanted).length;
    const alike = [...other.mail.keys()].filter((i) => shown(other.mail[i] as Mail, 0) === wanted);
    return { ...action, mail: alike[before] as number };
  }
  const whose = "point" in action ? { ...action, point: turned(action.point, by) } : action;
  if (whose._tag === "Join") return { ...whose, seed: turned(whose.seed, by) };
  return whose._tag === "LookUp" ? { ...whose, key: turned(whose.key, by) } : whose;
}

function turnedConfiguration(configuration: Configuration, by: number): Configuration {
  const all = (list: ReadonlyArray<number>) => list.map((point) => turned(point, by));
  const { ring, newcomers, keys } = configuration;
  return { ...configuration, ring: all(ring), newcomers: all(newcomers), keys: all(keys) };
}

/** The worlds that one comes through by taking, of what may happen, that of these numbers. */
function walk(ways: ReadonlyArray<number>, seen: (world: World, action: Action) => void): void {
  let world = startOf(troubled, machine);
  for (const way of ways) {
    const actions = actionsOf(world, troubled, machine);
    const action = actions[way % actions.length];
    if (action === undefined) return;
    seen(world, action);
    world = next(world, action, troubled);
  }
}

const ways = fc.array(fc.nat(1000), { minLength: 1, maxLength: 60 });

describe("states are alike", () => {
  it("that differ by a rotation of the circle", () => {
    fc.assert(
      fc.property(ways, fc.integer({ min: 1, max: points - 1 }), (taken, by) => {
        const elsewhere = turnedConfiguration(troubled, by);
        let other = startOf(elsewhere, machine);
        walk(taken, (world, action) => {
          expect(digest(other, elsewhere.scale)).toEqual(digest(world, troubled.scale));
          other = next(other, turnedAction(action, world, by, other), elsewhere);
        });
      }),
      { numRuns: 50 },
    );
  });

  it("whose epochs are others in the same order, and only those", () => {
    const shifted = (world: World, to: (value: number) => number): World => {
      const flat = ({ row, bags, requests, epochs }: Flat): Flat => ({
        row: row.map((value, i) => (i % 2 === 1 && row[i - 1] === epoch ? to(value) : value)),
        bags: bags.map((parts) => parts.map(flat)),
        requests: requests.map(([number, part]) => [number, flat(part)]),
        epochs: epochs.map(to),
      });
      const letters = (list: ReadonlyArray<Mail>) => list.map((mail) => ({ ...mail, flat: flat(mail.flat) }));
      const { seats, mail, later, stopped, marks } = world;
      return {
        ...world,
        seats: seats.map((seat) => (seat === null ? null : { ...seat, flat: flat(seat.flat) })),
        mail: letters(mail),
        later: letters(later),
        stopped: stopped === null ? null : { ...stopped, mail: letters(stopped.mail) },
        marks: marks.map((mark) => (mark === null ? null : { ...mark, epoch: to(mark.epoch) })),
      };
    };
    fc.assert(
      fc.property(ways, (taken) => {
        walk(taken, (world) => {
          const alike = shifted(world, (value) => 2 * value + 1_000);
          expect(digest(alike, troubled.scale)).toEqual(digest(world, troubled.scale));
          const known = new Set(world.seats.flatMap((seat) => seat?.flat.epochs ?? []));
          if (known.size < 2) return;
          const unmarked = { ...world, marks: world.marks.map(() => null) };
          for (const mixed of [shifted(unmarked, () => 0), shifted(unmarked, (value) => -value)])
            expect(digest(mixed, troubled.scale)).not.toEqual(digest(unmarked, troubled.scale));
        });
      }),
      { numRuns: 50 },
    );
  });

  it("that a quiet ring comes back to, whatever the clock says, and its requests' numbers", () => {
    const seen = new Map<string, number>();
    let world = startOf(troubled, machine);
    for (let i = 0; i < 1000; i++) {
      const { high, low } = digest(world, troubled.scale);
      seen.set(`${high} ${low}`, world.now);
      const [action] = actionsOf(world, troubled, machine).filter((one) => !isTrouble(one, world));
      world = next(world, action as Action, troubled);
    }
    expect(world.now).toBeGreaterThan(100_000);
    expect(seen.size).toBeLessThan(100);
  });
});

describe("states are told apart", () => {
  /** Each differs from the world in one thing that decides what may happen. */
  function* others(world: World): Generator<World> {
    for (const name of Object.keys(world.budget) as Array<keyof World["budget"]>)
      yield { ...world, budget: { ...world.budget, [name]: world.budget[name] + 1 } };
    for (const i of world.mail.keys()) yield { ...world, mail: world.mail.filter((_, place) => place !== i) };
    for (const [i, seat] of world.seats.entries())
      if (seat !== null)
        yield { ...world, seats: world.seats.map((each, place) => (place === i ? null : each)) };
    yield { ...world, lives: world.lives.map((lives, place) => (place === 0 ? lives + 1 : lives)) };
    if (world.marks.some((mark) => mark !== null)) yield { ...world, marks: world.marks.map(() => null) };
    if (world.questions.length > 0) yield { ...world, questions: [] };
    if (world.stopped !== null) yield { ...world, stopped: null };
  }

  it("by what is under way, who is there, and what may still go wrong", () => {
    fc.assert(
      fc.property(ways, (taken) => {
        walk(taken, (world) => {
          const here = digest(world, troubled.scale);
          for (const other of others(world)) expect(digest(other, troubled.scale)).not.toEqual(here);
        });
      }),
      { numRuns: 50 },
    );
  });
});
