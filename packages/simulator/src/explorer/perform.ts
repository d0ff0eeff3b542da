import type { Config, Happening, NodeState } from "@chordnet/core";
import type { Action } from "./actions.js";
import { withoutCaches } from "./caches.js";
import type { Digest } from "./canonical.js";
import type { Configuration } from "./configuration.js";
import { flatNode, flatten } from "./flat.js";
import { answered, noted } from "./questions.js";
import { nextRound, pass } from "./time.js";
import type { Happened, Machine, Mail, World } from "./world.js";
import { addressOf, born, calendarMs, pointOf, replaced, spend } from "./world.js";

/** What comes of an action. `digest` is that of the world: chance is drawn from it, so that like states draw alike. */
export function act(
  world: World,
  digest: Digest,
  action: Action,
  configuration: Configuration,
  machine: Machine,
): Happened {
  const { world: after, ...what } = perform(world, digest, action, configuration, machine);
  const later = configuration.order === "any" ? after : nextRound(after, machine);
  return { ...what, earlier: world, world: later };
}

type Performed = Omit<Happened, "earlier">;

function perform(
  world: World,
  digest: Digest,
  action: Action,
  configuration: Configuration,
  machine: Machine,
): Performed {
  const call: Call = { digest, config: configuration.config, machine, order: configuration.order };
  const { budget } = world;
  switch (action._tag) {
    case "Deliver":
      return deliver(call, world, action.mail, configuration.silentDeaths);
    case "Lose":
      return quiet(
        spend({ ...world, mail: without(world.mail, action.mail) }, { losses: budget.losses - 1 }),
      );
    case "Tick":
      return happen(call, world, action.point, { _tag: "Ticked" });
    case "Pass":
      return quiet(pass(world, configuration, machine));
    case "Join": {
      const next = spend(born(world, call.config, action.point), { joins: budget.joins - 1 });
      const seeds = seedsOf(action.seed, action.point, configuration);
      return happen(call, next, action.point, {
        _tag: "JoinRequested",
        operation: 1,
        seeds,
        orCreate: false,
      });
    }
    case "Leave": {
      const next = spend(world, { leaves: budget.leaves - 1 });
      const deadline = world.now + 5 * call.config.ring.intervalMs;
      return happen(call, next, action.point, { _tag: "LeaveRequested", operation: 2, deadline });
    }
    case "Close":
      return quiet({ ...world, seats: replaced(world.seats, action.point, null) });
    case "Crash": {
      const seats = replaced(world.seats, action.point, null);
      const questions = world.questions.filter(({ asker }) => asker !== action.point);
      return quiet(spend({ ...world, seats, questions }, { crashes: budget.crashes - 1 }));
    }
    case "Stop":
      return quiet(stop(spend(world, { stops: budget.stops - 1 }), action.point));
    case "Wake":
      return wake(call, world);
    case "LookUp":
      return lookUp(call, world, action.point, action.key);
  }
}

/** The founder of a ring. */
export function foundRing(
  world: World,
  point: number,
  digest: Digest,
  config: Config,
  machine: Machine,
): World {
  const call: Call = { digest, config, machine, order: "any" };
  return happen(call, born(world, config, point), point, { _tag: "CreateRequested", operation: 1 }).world;
}

interface Call {
  readonly digest: Digest;
  readonly config: Config;
  readonly machine: Machine;
  readonly order: Configuration["order"];
}

function deliver(call: Call, world: World, place: number, silent: boolean): Performed {
  const mail = world.mail[place] as Mail;
  const { from, incarnation, to, message } = mail;
  const rest = { ...world, mail: without(world.mail, place) };
  if (world.seats[pointOf(to)] != null) {
    return happen(call, rest, pointOf(to), { _tag: "Received", from, incarnation, client: false, message });
  }
  const sender = world.seats[pointOf(from)]?.node;
  if (silent || sender?.self.incarnation !== incarnation) return quiet(rest);
  return happen(call, rest, pointOf(from), { _tag: "SendFailed", to, message, reason: "refused" });
}

function lookUp(call: Call, world: World, point: number, key: number): Performed {
  const target = call.config.naming(addressOf(key));
  const operation = 10 + world.budget.lookups;
  const question = { operation, asker: point, key: target, claimers: 0 };
  const asked = { ...world, questions: [...world.questions, question] };
  const next = spend(asked, { lookups: world.budget.lookups - 1 });
  const deadline = world.now + 3 * call.config.ring.intervalMs;
  const mode = "recursive";
  return happen(call, noted(next), point, { _tag: "LookupRequested", operation, target, deadline, mode });
}

/** What is under way to it waits, too. */
function stop(world: World, point: number): World {
  const waits = ({ to }: Mail): boolean => pointOf(to) === point;
  const { mail, later } = world;
  return {
    ...world,
    mail: mail.filter((each) => !waits(each)),
    later: later.filter((each) => !waits(each)),
    stopped: { point, mail: [...mail, ...later].filter(waits) },
  };
}

/** It looks at its clock first, and then at what came in. */
function wake(call: Call, world: World): Performed {
  const { stopped, mail, later } = world;
  if (stopped === null) return quiet(world);
  const woken =
    call.order === "any"
      ? { ...world, mail: [...mail, ...stopped.mail] }
      : { ...world, later: [...later, ...stopped.mail] };
  return happen(call, { ...woken, stopped: null }, stopped.point, { _tag: "Ticked" });
}

/** The only place where a node steps. */
function happen(call: Call, world: World, point: number, what: Happening): Performed {
  const seat = world.seats[point];
  if (seat == null) throw new Error(`nobody is at ${point}`);
  const { high, low } = call.digest;
  const { now: at } = world;
  const drawn = { ...seat.node, random: { a: high | 0, b: (low ^ point) | 0, c: point, counter: 1 } };
  const [stepped, effects] = call.machine.step(drawn, { ...what, at, wall: at + calendarMs });
  const node = withoutCaches(stepped, seat.node);
  const sent: Mail[] = [];
  for (const effect of effects) {
    if (effect._tag === "Send") sent.push(letter(node, effect.to, effect.message));
  }
  const seats = replaced(world.seats, point, { node, flat: flatNode(node) });
  const after = posted({ ...world, seats }, sent, call.order);
  return { ...answered(noted(after), effects), point, effects };
}

/** What was sent is under way, or waits where nobody reads it. */
function posted(world: World, sent: ReadonlyArray<Mail>, order: Configuration["order"]): World {
  const { stopped } = world;
  const waits = ({ to }: Mail): boolean => pointOf(to) === stopped?.point;
  const going = stopped === null ? sent : sent.filter((each) => !waits(each));
  const waiting = stopped === null ? null : { ...stopped, mail: [...stopped.mail, ...sent.filter(waits)] };
  return order === "any"
    ? { ...world, mail: [...world.mail, ...going], stopped: waiting }
    : { ...world, later: [...world.later, ...going], stopped: waiting };
}

function letter(node: NodeState, to: Mail["to"], message: Mail["message"]): Mail {
  const { address: from, incarnation } = node.self;
  return { from, incarnation, to, message, flat: flatten({ address: from, incarnation, seed: to, message }) };
}

/** The chosen one, then all others that may ever be there. */
function seedsOf(seed: number, self: number, { ring, newcomers }: Configuration): string[] {
  const rest = [...new Set([...ring, ...newcomers])].filter((point) => point !== seed && point !== self);
  return [seed, ...rest].map(addressOf);
}

function quiet(world: World): Performed {
  return { world, point: null, effects: [], answers: [] };
}

function without<A>(list: ReadonlyArray<A>, place: number): ReadonlyArray<A> {
  return [...list.slice(0, place), ...list.slice(place + 1)];
}
