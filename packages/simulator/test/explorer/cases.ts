import type { Event, Message, NodeState, Verdict } from "@chordnet/core";
import { nextDeadline, step } from "@chordnet/core";
import { addressOf, calendarMs } from "../../src/explorer/world.js";
import type { Case, Fault } from "./induction.js";
import { all, answer, asking, judge, listsOf, peerAt, withPointers } from "./induction.js";

/** All that can happen to a member at 0, from every state of it and with every message that the invariant allows. */

const others = all.filter((point) => point !== 0);
/** What a member's list can be: anything, as long as nobody is in it twice, nor the node itself. */
const lists = listsOf(others);
/** What a list under way can be. */
const carriedLists = listsOf(all);

function at(node: NodeState): { readonly at: number; readonly wall: number } {
  return { at: node.timers.at, wall: node.timers.at + calendarMs };
}

function from(point: number, message: Message): Case["event"] {
  return (node): Event => ({
    _tag: "Received",
    from: addressOf(point),
    incarnation: 1,
    client: false,
    message,
    ...at(node),
  });
}

function subsets(places: ReadonlyArray<number>): number[][] {
  const found: number[][] = [[]];
  for (const place of places) found.push(...found.map((some) => [...some, place]));
  return found;
}

/** Adds up what all cases come to. */
export function judged(
  cases: Iterable<Case>,
  machine: typeof step = step,
): { states: number; faults: Fault[] } {
  const sum = { states: 0, faults: [] as Fault[] };
  for (const one of cases) {
    const { states, faults } = judge(one, machine);
    sum.states += states;
    if (sum.faults.length < 3) sum.faults.push(...faults.slice(0, 3));
  }
  return sum;
}

/** `knowing`: the node knows of any of those in the answer that they are dead; else of none. */
export function* answers(verdict: Verdict, role: "head" | "candidate", knowing = true): Generator<Case> {
  for (const sender of others) {
    const asked = asking(sender, role);
    for (const list of lists) {
      for (const carried of carriedLists) {
        const event = from(sender, answer(asked.rid, verdict, carried, null));
        const known = knowing ? carried.filter((point) => point !== 0 && point !== sender) : [];
        for (const dead of subsets(known)) {
          if (list.some((point) => dead.includes(point))) continue;
          const node = withPointers(asked.node, list, null, dead);
          yield { list, dead, event, carried: [sender, ...carried], gone: null, node };
        }
      }
    }
  }
}

/** What any node may say to any other that asks for nothing, or answers nothing that was asked. */
function messages(sender: number): Message[] {
  const token = { epoch: 5, length: 1n };
  const neighbours = { predecessor: peerAt((sender + 7) % 8), successors: [peerAt((sender + 1) % 8)] };
  return [
    { _tag: "Ask", rid: 1, token, unleasedMs: 0, beneath: [] },
    { _tag: "Ask", rid: 1, token: null, unleasedMs: 0, beneath: [] },
    { _tag: "Ping", rid: 1 },
    { _tag: "Pong", rid: 1 },
    { _tag: "Circle", rid: 1, origin: peerAt(sender), epoch: 5 },
    { _tag: "Leave", rid: 1, token, beneath: [] },
    { _tag: "Left", rid: 1, accepted: true },
    { _tag: "Find", rid: 1, target: peerAt(3).id, origin: peerAt(sender), hops: 1 },
    { _tag: "Route", rid: 1, target: peerAt(3).id },
    { _tag: "Query", rid: 1, target: peerAt(3).id, timeoutMs: 1000, trace: false },
    answer(1, { _tag: "Granted", leaseMs: 1000 }, [1, 2], 3),
    { _tag: "Answer", rid: 1, verdict: { _tag: "Wait", soon: true }, ...neighbours },
  ];
}

export function* words(): Generator<Case> {
  for (const sender of others) {
    const { node: quiet } = asking(sender, "candidate");
    for (const message of messages(sender)) {
      for (const list of lists) {
        for (const predecessor of [null, ...others]) {
          const node = withPointers(quiet, list, predecessor, []);
          yield { list, dead: [], event: from(sender, message), carried: null, gone: null, node };
        }
      }
    }
  }
}

export function* goodbyes(): Generator<Case> {
  for (const sender of others) {
    const { node: quiet } = asking(sender, "candidate");
    for (const list of lists) {
      for (const next of others) {
        const message = { _tag: "Depart", predecessor: peerAt(next), successors: [peerAt(next)] } as const;
        const node = withPointers(quiet, list, sender, []);
        yield { list, dead: [], event: from(sender, message), carried: null, gone: sender, node };
      }
    }
  }
}

/** The one that was asked is no member any more: it says so, its port refuses, or it never answers. */
export function* deaths(): Generator<Case> {
  for (const role of ["head", "candidate"] as const) {
    for (const gone of others) {
      const { node: asked, rid } = asking(gone, role);
      const [again] = step(asked, { _tag: "Ticked", at: expiry(asked), wall: expiry(asked) + calendarMs });
      const message: Message = { _tag: "Ask", rid, token: null, unleasedMs: 0, beneath: [] };
      for (const list of lists) {
        const shared = { list, dead: [], carried: null, gone };
        const node = withPointers(asked, list, null, []);
        for (const code of ["gone", "not-member"] as const) {
          yield { ...shared, node, event: from(gone, { _tag: "Refused", rid, code, detail: "" }) };
        }
        const refused = { _tag: "SendFailed", to: addressOf(gone), message, reason: "refused" } as const;
        yield { ...shared, node, event: (one) => ({ ...refused, ...at(one) }) };
        const twice = withPointers(again, list, null, []);
        const then = expiry(again);
        yield {
          ...shared,
          node: twice,
          event: () => ({ _tag: "Ticked", at: then, wall: then + calendarMs }),
        };
      }
    }
  }
}

/** When what was asked is waited for no longer. */
function expiry(node: NodeState): number {
  const due = nextDeadline({ ...node, timers: { ...node.timers, stabilizeAt: Number.POSITIVE_INFINITY } });
  if (due === null) throw new Error("nothing is waited for");
  return due;
}
