import type { Config, Effect, Happening, NodeState } from "@chordnet/core";
import { isMember, owns, recent } from "@chordnet/core";
import { isRight } from "fp-ts/lib/Either.js";
import type { Digest } from "./canonical.js";
import type { Configuration } from "./configuration.js";
import { flatNode, flatten, requestsOf } from "./flat.js";
import type { Budget, Happened, Machine, Mail, World } from "./world.js";
import { addressOf, born, calendarMs, lifeBit, pointOf, points, present, replaced } from "./world.js";

/** One thing that may happen next. */
export type Action =
  /** A message reaches its node, or is refused because nobody is there any more. */
  | { readonly _tag: "Deliver"; readonly mail: number }
  | { readonly _tag: "Lose"; readonly mail: number }
  /** A node's deadline has come. */
  | { readonly _tag: "Tick"; readonly point: number }
  /** Nothing is left to do at this instant. */
  | { readonly _tag: "Pass" }
  | { readonly _tag: "Join"; readonly point: number; readonly seed: number }
  | { readonly _tag: "Leave"; readonly point: number }
  /** Who has left closes its port. */
  | { readonly _tag: "Close"; readonly point: number }
  | { readonly _tag: "Crash"; readonly point: number }
  | { readonly _tag: "LookUp"; readonly point: number; readonly key: number };

/** Whether an action takes something from the budget: what is left without it must come to a good end. */
export function isTrouble(action: Action, world: World): boolean {
  switch (action._tag) {
    case "Deliver":
    case "Tick":
    case "Close":
      return false;
    case "Pass":
      return !isQuiet(world);
    default:
      return true;
  }
}

/** All that may happen next. What has to happen comes first, the oldest message before all. */
export function actionsOf(world: World, configuration: Configuration, machine: Machine): Action[] {
  const found: Action[] = [];
  const receiver = configuration.order === "rounds" ? (world.mail[0]?.to ?? null) : null;
  for (let i = 0; i < world.mail.length; i++) {
    if (receiver === null || world.mail[i]?.to === receiver) found.push({ _tag: "Deliver", mail: i });
  }
  let due = false;
  for (let point = 0; point < points; point++) {
    const node = world.seats[point]?.node;
    if (node === undefined) continue;
    if (isDue(node, world.now, machine)) {
      if (receiver === null && (!due || configuration.order === "any")) found.push({ _tag: "Tick", point });
      due = true;
    }
    if (node.phase._tag === "Gone") found.push({ _tag: "Close", point });
  }
  if (!due && (isQuiet(world) || world.budget.lates > 0)) found.push({ _tag: "Pass" });
  addTroubles(found, world, configuration);
  return found;
}

function isDue(node: NodeState, now: number, machine: Machine): boolean {
  const due = machine.nextDeadline(node);
  return due !== null && due <= now;
}

function addTroubles(found: Action[], world: World, configuration: Configuration): void {
  const { budget, seats, mail } = world;
  if (budget.losses > 0) for (let i = 0; i < mail.length; i++) found.push({ _tag: "Lose", mail: i });
  for (let point = 0; point < points; point++) {
    const node = seats[point]?.node;
    if (node === undefined) {
      if (budget.joins > 0 && configuration.newcomers.includes(point)) addJoins(found, world, point);
      continue;
    }
    if (budget.crashes > 0 && configuration.mayCrash(world, point)) found.push({ _tag: "Crash", point });
    if (node.phase._tag !== "Member") continue;
    if (budget.leaves > 0 && others(world, point).some(isMember)) found.push({ _tag: "Leave", point });
    if (budget.lookups === 0) continue;
    for (const key of configuration.keys) found.push({ _tag: "LookUp", point, key });
  }
}

/** Through any member. */
function addJoins(found: Action[], world: World, point: number): void {
  for (const node of others(world, point)) {
    if (isMember(node)) found.push({ _tag: "Join", point, seed: Number(node.self.id) });
  }
}

function others(world: World, point: number): NodeState[] {
  return world.seats.flatMap((seat, i) => (seat === null || i === point ? [] : [seat.node]));
}

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
    case "LookUp":
      return lookUp(call, world, action.point, action.key);
  }
}

/** The founder of a ring. */
export function found(world: World, point: number, digest: Digest, config: Config, machine: Machine): World {
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
    if (effect._tag === "Send") sent.push(posted(node, effect.to, effect.message));
  }
  const mail = call.order === "any" ? [...world.mail, ...sent] : world.mail;
  const later = call.order === "any" ? world.later : [...world.later, ...sent];
  const seats = replaced(world.seats, point, { node, flat: flatNode(node) });
  return answered(noted({ ...world, seats, mail, later }), point, effects);
}

/** Takes out the lookups that came to an end. */
function answered(world: World, point: number, effects: ReadonlyArray<Effect>): Performed {
  const answers: Array<Happened["answers"][number]> = [];
  let { questions } = world;
  for (const effect of effects) {
    if (effect._tag !== "Settled") continue;
    const question = questions.find(({ operation }) => operation === effect.operation);
    if (question === undefined) continue;
    questions = questions.filter((other) => other !== question);
    const { result } = effect;
    if (isRight(result) && result.right._tag === "Owner") answers.push({ question, owner: result.right });
  }
  return { world: { ...world, questions }, point, effects, answers };
}

/** Routes and fingers only make lookups quicker. */
function withoutCaches(node: NodeState, earlier: NodeState): NodeState {
  const { timers, pointers } = node;
  return {
    ...node,
    pending: node.pending === earlier.pending ? node.pending : timed(node.pending),
    routes: earlier.routes,
    pointers: pointers.fingers.length === 0 ? pointers : { ...pointers, fingers: [] },
    contacts: node.contacts === earlier.contacts ? node.contacts : unmeasured(node.contacts),
    timers: { ...timers, fingersAt: Number.POSITIVE_INFINITY },
    roundTripMs: earlier.roundTripMs,
  };
}

/** The first timeout is known to be no earlier than it is, so that no tick comes in vain. */
function timed(pending: NodeState["pending"]): NodeState["pending"] {
  const due = requestsOf(pending).map(({ expiresAt }) => expiresAt);
  return { ...pending, earliest: Math.min(...due, Number.POSITIVE_INFINITY) };
}

function unmeasured(contacts: NodeState["contacts"]): NodeState["contacts"] {
  return recent
    .entries(contacts)
    .reduce((all, [address, contact]) => recent.put(all, address, { ...contact, roundTripMs: 0 }), contacts);
}

function posted(node: NodeState, to: Mail["to"], message: Mail["message"]): Mail {
  const { address: from, incarnation } = node.self;
  return { from, incarnation, to, message, flat: flatten({ address: from, incarnation, seed: to, message }) };
}

/** Who claims what was asked for is written down. */
function noted(world: World): World {
  if (world.questions.length === 0) return world;
  const questions = world.questions.map((question) => {
    let { claimers } = question;
    for (const seat of world.seats) {
      if (seat === null || !owns(seat.node, question.key, world.now)) continue;
      claimers |= lifeBit(Number(seat.node.self.id), seat.node.self.incarnation);
    }
    return { ...question, claimers };
  });
  return { ...world, questions };
}

/** Nothing is under way. */
export function isQuiet({ mail, later }: World): boolean {
  return mail.length === 0 && later.length === 0;
}

/**
 * All that was under way has arrived, and all that is due is done: now what was sent meanwhile arrives, node by node.
 */
function nextRound(world: World, machine: Machine): World {
  if (world.mail.length > 0 || world.later.length === 0) return world;
  if (present(world).some((node) => isDue(node, world.now, machine))) return world;
  const mail = world.later.slice().sort((a, b) => pointOf(a.to) - pointOf(b.to));
  return { ...world, mail, later: [] };
}

/** While more may happen the clock goes on by a quantum, else at once to when something is due. */
function pass(world: World, configuration: Configuration, machine: Machine): World {
  const { quantumMs } = configuration.scale;
  const { budget } = world;
  if (!isQuiet(world)) {
    return spend({ ...world, now: world.now + quantumMs }, { lates: budget.lates - 1 });
  }
  if (Object.values(budget).some((left) => left > 0)) return { ...world, now: world.now + quantumMs };
  let due = Number.POSITIVE_INFINITY;
  for (const seat of world.seats) {
    const next = seat === null ? null : machine.nextDeadline(seat.node);
    if (next !== null) due = Math.min(due, next);
  }
  if (due === Number.POSITIVE_INFINITY) return world;
  return { ...world, now: Math.ceil(due / quantumMs) * quantumMs };
}

/** The chosen one, then all others that may ever be there. */
function seedsOf(seed: number, self: number, { ring, newcomers }: Configuration): string[] {
  const rest = [...new Set([...ring, ...newcomers])].filter((point) => point !== seed && point !== self);
  return [seed, ...rest].map(addressOf);
}

function spend(world: World, change: Partial<Budget>): World {
  return { ...world, budget: { ...world.budget, ...change } };
}

function quiet(world: World): Performed {
  return { world, point: null, effects: [], answers: [] };
}

function without<A>(list: ReadonlyArray<A>, place: number): ReadonlyArray<A> {
  return [...list.slice(0, place), ...list.slice(place + 1)];
}
