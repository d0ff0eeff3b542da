import type { Effect, Event, Message, Peer } from "@chordnet/core";
import { stepProcess } from "@chordnet/core";
import { grownRing, nodeUrl } from "@chordnet/simulator";
import type { Attack, Outcome, Settings } from "../attack.js";
import { Losses } from "../attack.js";

/** A member that lies to those who ask it: nothing keeps it from that, and this tells how far its lies reach. */
export const liar: Attack = {
  name: "liar",
  must: "one member of 16 lies: no crash, no endless lookup; how many answers are wrong is told, not bounded",
  run: async ({ seed }: Settings): Promise<Outcome> => {
    const losses = new Losses();
    const figures: Record<string, string> = {};
    for (const [what, lie] of Object.entries(lies)) {
      for (const mode of ["recursive", "iterative"] as const)
        figures[`${what}, ${mode}`] = tell(seed, mode, lie, losses);
    }
    return {
      tried: `three kinds of lies, ${keys} lookups each by the 15 others`,
      figures,
      lost: losses.found,
    };
  },
};

type Lie = (effects: ReadonlyArray<Effect>, event: Event, self: Peer) => ReadonlyArray<Effect>;

const lies: Readonly<Record<string, Lie>> = {
  "answers nothing that is asked": (effects, event) =>
    event._tag === "Received" && isAsked(event.message) ? [] : effects,
  'says "I own it" of every key': (effects, event) => {
    if (event._tag !== "Received" || !isAsked(event.message)) return effects;
    const { message, from } = event;
    const to = message._tag === "Find" ? message.origin.address : from;
    const token = { epoch: Number.MAX_SAFE_INTEGER, length: 1n << 160n } as never;
    return [
      { _tag: "Send", to, message: { _tag: "Found", rid: message.rid, token, leaseMs: 60_000, hops: 1 } },
    ];
  },
  "names itself as everybody's successor": (effects, _event, self) =>
    effects.map((effect) =>
      effect._tag === "Send" && "successors" in effect.message
        ? { ...effect, message: { ...effect.message, successors: Array(8).fill(self) } as Message }
        : effect,
    ),
};

const isAsked = (message: Message): message is Extract<Message, { readonly _tag: "Find" | "Route" }> =>
  message._tag === "Find" || message._tag === "Route";

function tell(seed: number, mode: "recursive" | "iterative", lie: Lie, losses: Losses): string {
  const simulation = grownRing(seed, members);
  const urls = Array.from({ length: members }, (_none, i) => nodeUrl(i));
  const [lying = "", ...honest] = urls;
  simulation.step = (state, node, event) => {
    const [next, outcomes] = stepProcess(state, node, event);
    if (state.url !== lying) return [next, outcomes];
    const self = next.nodes[0]?.self;
    if (self === undefined) return [next, outcomes];
    return [
      next,
      outcomes.map(({ node: place, effects }) => ({ node: place, effects: lie(effects, event, self) })),
    ];
  };
  const asked = Array.from({ length: keys }, (_none, i) => {
    const target = simulation.config.naming(`key ${i}`);
    return { target, operation: simulation.lookup(honest[i % honest.length] ?? "", target, mode) };
  });
  simulation.run(30_000);
  const point = (url: string): bigint => simulation.config.naming(url);
  const order = [...urls].sort((a, b) => (point(a) < point(b) ? -1 : 1));
  let [right, wrong, failed] = [0, 0, 0];
  for (const { target, operation } of asked) {
    const settled = simulation.settled.get(operation);
    losses.unless(settled !== undefined, "a lookup never ended");
    const owner = order.find((url) => point(url) >= target) ?? order[0];
    if (settled?.ok !== true) failed += 1;
    else if ((settled.result as { readonly peer?: Peer }).peer?.address === owner) right += 1;
    else wrong += 1;
  }
  return `${right} right, ${wrong} wrong, ${failed} failed`;
}

const members = 16;
const keys = 300;
