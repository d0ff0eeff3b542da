import type { Either } from "fp-ts/lib/Either.js";
import type { Config } from "./config.js";
import type { Effect, OperationError, OperationResult, Send, Settled } from "./effect.js";
import { isRight, left, right } from "./either.js";
import type { Event, OperationId } from "./event.js";
import type { Id } from "./identifier.js";
import { checkInteger } from "./integer.js";
import type { Millis } from "./message.js";
import { confirmed, owns } from "./ownership.js";
import type { Address, Incarnation } from "./peer.js";
import { processAddress, virtualIndex } from "./peer.js";
import { nodeAt } from "./protocol/away.js";
import type { Seed } from "./random.js";
import { heldLength, tellHeld, tellSeen } from "./siblings.js";
import type { NodeState } from "./state.js";
import { initialNode } from "./state.js";
import { nextDeadline, step } from "./step.js";
import { copied } from "./turn.js";

/**
 * The virtual nodes of one process, as one value. They share an address and its connections; what they say to each
 * other does not leave the process. Virtual node 0 joins first and leaves last.
 *
 * @category process
 */
export interface ProcessState {
  readonly url: Address;
  readonly incarnation: Incarnation;
  readonly nodes: ReadonlyArray<NodeState>;
  /** What the application asked of the whole process and is being done by one virtual node after another. */
  readonly task: Task | null;
}

interface Task {
  readonly kind: "enter" | "leave";
  readonly operation: OperationId;
  readonly deadline: Millis;
  /** The virtual node whose turn it is. */
  readonly node: number;
  /** What the first one came to, for the application in the end. */
  readonly result: OperationResult | null;
}

/** The effects of one virtual node. */
export interface Outcome {
  readonly node: number;
  readonly effects: ReadonlyArray<Effect>;
}

/** How many letters a process's virtual nodes may send each other in one step; the rest are dropped. */
const mailMax = 65_536;

/** How many virtual nodes a process may have. */
export const virtualNodesMax = 256;

/**
 * What a process begins with, beside its configuration.
 *
 * @category process
 */
export interface ProcessOptions {
  readonly url: Address;
  readonly incarnation: Incarnation;
  readonly virtualNodes: number;
  readonly seed: Seed;
  readonly at: Millis;
  readonly wall: Millis;
}

/** A process that has done nothing yet. */
export function initialProcess(config: Config, options: ProcessOptions): ProcessState {
  const { url, incarnation, virtualNodes, at, wall } = options;
  checkInteger("virtualNodes", virtualNodes, 1, virtualNodesMax);
  const [a, b, c, d] = options.seed;
  const nodes = Array.from({ length: virtualNodes }, (_, index) =>
    initialNode(config, { url, index, incarnation, seed: [a, b, c, d ^ index], at, wall }),
  );
  return { url, incarnation, nodes, task: null };
}

/**
 * The process's next state: `event` happens to virtual node `node`, or to all of them (null: the time came, a
 * connection ended). What they send to each other is delivered within the same call.
 */
export function stepProcess(
  state: ProcessState,
  node: number | null,
  event: Event,
): readonly [ProcessState, ReadonlyArray<Outcome>] {
  const call: Call = { state, outcomes: null, mail: null };
  if (node === null) for (let i = 0; i < state.nodes.length; i++) run(call, i, event);
  else if (node >= 0 && node < state.nodes.length) dispatch(call, node, event);
  else return [state, unknownNode(event)];
  if (call.mail !== null) deliver(call, call.mail, event);
  return [call.state, call.outcomes ?? nothing];
}

/**
 * The process as it sees itself at this time (by the monotonic clock and by the calendar): the same, unless its machine
 * slept since its nodes looked at the clocks. Whoever asks for what is claimed between steps asks this one.
 *
 * @example
 * const birth = { url: "tcp://a:1", incarnation: 1, virtualNodes: 1, seed: [1, 2, 3, 4], at: 0, wall: 0 }
 * const born = initialProcess(configure(defaultRing), birth)
 * assert.strictEqual(processAt(born, 100, 100), born)
 * assert.notStrictEqual(processAt(born, 100, 60_000), born)
 */
export function processAt(state: ProcessState, at: Millis, wall: Millis): ProcessState {
  const nodes = state.nodes.map((node) => nodeAt(node, at, wall));
  return nodes.every((node, i) => node === state.nodes[i]) ? state : { ...state, nodes };
}

/**
 * When `Ticked` is due next for any of the virtual nodes; only for what is no longer as it was `earlier`, where that is
 * given. A message changes few of them, or none, and the other deadlines are known.
 */
export function nextProcessDeadline(state: ProcessState, earlier: ProcessState | null = null): Millis | null {
  let due: Millis | null = null;
  if (earlier?.nodes === state.nodes) return due;
  for (let i = 0; i < state.nodes.length; i++) {
    const node = state.nodes[i] as NodeState;
    if (node === earlier?.nodes[i]) continue;
    const next = nextDeadline(node, earlier?.nodes[i]);
    if (next !== null && (due === null || next < due)) due = next;
  }
  return due;
}

/** One call of `stepProcess` while it runs. */
interface Call {
  state: ProcessState;
  /** Null, as the mail: none so far. Most calls have one outcome and no mail, and one node. */
  outcomes: Outcome[] | null;
  mail: Mail[] | null;
}

const nothing: ReadonlyArray<never> = [];

interface Mail {
  readonly to: number;
  readonly from: Address;
  readonly message: Send["message"];
}

/** What comes of a letter may be another letter: it is delivered behind those that lie there. */
function deliver(call: Call, mail: ReadonlyArray<Mail>, { at, wall }: Event): void {
  const { incarnation } = call.state;
  for (let delivered = 0; delivered < mail.length; delivered++) {
    if (delivered === mailMax) {
      for (const outcome of undelivered(mail.slice(mailMax))) told(call, outcome);
      return;
    }
    const { to, from, message } = mail[delivered] as Mail;
    run(call, to, { _tag: "Received", from, incarnation, client: false, message, at, wall });
  }
}

function dispatch(call: Call, node: number, event: Event): void {
  switch (event._tag) {
    case "CreateRequested":
    case "JoinRequested":
      startTask(call, "enter", event.operation, Number.POSITIVE_INFINITY, 0, event);
      return;
    case "LeaveRequested":
      startTask(call, "leave", event.operation, event.deadline, call.state.nodes.length - 1, event);
      return;
    case "LookupRequested":
      if (call.state.nodes.length === 1) run(call, node, event);
      else run(call, ownerAmong(call.state, event.target, event.at) ?? node, event);
      return;
    case "Cancelled":
      for (let i = 0; i < call.state.nodes.length; i++) run(call, i, event);
      return;
    default:
      run(call, node, event);
  }
}

/** The same for each virtual node in turn; only node 0 needs the application's seeds, the others join through it. */
function startTask(
  call: Call,
  kind: Task["kind"],
  operation: OperationId,
  deadline: Millis,
  node: number,
  event: Event,
): void {
  if (call.state.task === null) {
    call.state = { ...call.state, task: { kind, operation, deadline, node, result: null } };
  }
  run(call, node, event);
}

function run(call: Call, node: number, event: Event): void {
  const before = call.state.nodes[node] as NodeState;
  // Taken apart by hand, here and wherever each message passes: a pattern goes through an iterator.
  const stepped = step(before, event);
  const after = stepped[0];
  const effects = stepped[1];
  if (after !== before) {
    const nodes = call.state.nodes.length === 1 ? [after] : call.state.nodes.slice();
    nodes[node] = after;
    if (nodes.length > 1) {
      if (heldLength(after) !== heldLength(before)) tellHeld(nodes);
      if (event._tag === "Received" && event.message._tag === "Pong") tellSeen(nodes, node, event);
    }
    setNodes(call, nodes);
  }
  if (effects.length > 0) route(call, node, effects, event);
  if (call.state.nodes.length === 1 || before.ownership === after.ownership) return;
  if (confirmed(after.ownership) && !confirmed(before.ownership)) wakeThoseBehind(call, after, event);
}

function setNodes(call: Call, nodes: ReadonlyArray<NodeState>): void {
  const { url, incarnation, task } = call.state;
  call.state = { url, incarnation, nodes, task };
}

/**
 * A virtual node is acknowledged by a sibling (one of the same process) only when that one is itself confirmed. So in a
 * row of siblings each asks again as soon as the next one is confirmed. If each waited a while first, a long row would
 * take longer than a split may.
 */
function wakeThoseBehind(call: Call, heir: NodeState, { at, wall }: Event): void {
  for (let i = 0; i < call.state.nodes.length; i++) {
    const node = call.state.nodes[i] as NodeState;
    if (node.ownership.token === null || confirmed(node.ownership)) continue;
    if (node.pointers.successors[0]?.address !== heir.self.address) continue;
    const due = copied(node);
    due.timers = { ...node.timers, stabilizeAt: at };
    const nodes = call.state.nodes.slice();
    nodes[i] = due;
    setNodes(call, nodes);
    run(call, i, { _tag: "Ticked", at, wall });
  }
}

/** Keeps back what stays within the process: mail between its virtual nodes, and steps of a task that goes on. */
function route(call: Call, node: number, effects: ReadonlyArray<Effect>, event: Event): void {
  if (!concernsProcess(call.state, effects)) {
    told(call, { node, effects });
    return;
  }
  const outward: Effect[] = [];
  for (const effect of effects) {
    const index = effect._tag === "Send" ? localIndex(call.state, effect.to) : null;
    if (effect._tag === "Send" && index !== null) {
      const from = (call.state.nodes[node] as NodeState).self.address;
      call.mail ??= [];
      call.mail.push({ to: index, from, message: effect.message });
    } else if (effect._tag === "Settled" && effect.operation === call.state.task?.operation) {
      const settled = advance(call, effect, event);
      if (settled !== null) outward.push(settled);
    } else outward.push(effect);
  }
  if (outward.length > 0) told(call, { node, effects: outward });
}

/** Whether any of it stays within: mostly nothing does. */
function concernsProcess(state: ProcessState, effects: ReadonlyArray<Effect>): boolean {
  for (const effect of effects) {
    const { _tag } = effect;
    if (_tag === "Send" && localIndex(state, effect.to) !== null) return true;
    if (_tag === "Settled" && effect.operation === state.task?.operation) return true;
  }
  return false;
}

function told(call: Call, outcome: Outcome): void {
  if (call.outcomes === null) call.outcomes = [outcome];
  else call.outcomes.push(outcome);
}

/** One virtual node is done: the next one's turn, or the whole is settled. */
function advance(call: Call, settled: Settled, event: Event): Settled | null {
  const task = call.state.task;
  if (task === null) return settled;
  const { result } = settled;
  const node = task.kind === "enter" ? task.node + 1 : task.node - 1;
  const done = node < 0 || node >= call.state.nodes.length;
  if (!isRight(result) || done) {
    call.state = { ...call.state, task: null };
    return { ...settled, result: outcome(task, result) };
  }
  call.state = { ...call.state, task: { ...task, node, result: task.result ?? result.right } };
  const { at, wall } = event;
  const { operation, deadline } = task;
  run(
    call,
    node,
    task.kind === "leave"
      ? { _tag: "LeaveRequested", operation, deadline, at, wall }
      : { _tag: "JoinRequested", operation, seeds: [call.state.url], orCreate: false, at, wall },
  );
  return null;
}

/** For entering the first one's result tells how; for leaving the last one's tells to whom. */
function outcome(
  task: Task,
  result: Either<OperationError, OperationResult>,
): Either<OperationError, OperationResult> {
  if (!isRight(result)) return left(result.left);
  return right(task.kind === "enter" && task.result !== null ? task.result : result.right);
}

function localIndex(state: ProcessState, to: Address): number | null {
  if (state.nodes.length === 1) return to === state.url ? 0 : null;
  if (processAddress(to) !== state.url) return null;
  const index = virtualIndex(to);
  return index !== null && index < state.nodes.length ? index : null;
}

function ownerAmong(state: ProcessState, target: Id, at: Millis): number | null {
  for (let i = 0; i < state.nodes.length; i++) if (owns(state.nodes[i] as NodeState, target, at)) return i;
  return null;
}

function undelivered(mail: ReadonlyArray<Mail>): ReadonlyArray<Outcome> {
  return mail.map(({ to, from, message }) => ({
    node: to,
    effects: [{ _tag: "Dropped", from, message: message._tag, reason: "overloaded" }],
  }));
}

function unknownNode(event: Event): ReadonlyArray<Outcome> {
  if (event._tag !== "Received") return [];
  const { from, message } = event;
  return [{ node: 0, effects: [{ _tag: "Dropped", from, message: message._tag, reason: "unknown-node" }] }];
}
