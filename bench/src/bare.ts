import type { Effect, Message, NodeState, step } from "@chordnet/core";

/**
 * Does nothing but what cannot be left out: asks a node, which answers, and takes its word. The limit of what `step`
 * can reach.
 */
export const bareStep: typeof step = (state, event) => {
  const { self, pointers } = state;
  if (event._tag === "LookupRequested") {
    const { target, operation } = event;
    const owner = pointers.successors[operation % pointers.successors.length] ?? self;
    return [state, send(owner.address, { _tag: "Find", rid: operation, target, origin: self, hops: 1 })];
  }
  const message = event._tag === "Received" ? event.message : null;
  if (message?._tag === "Find") {
    const { rid, origin } = message;
    return [state, send(origin.address, { _tag: "Found", rid, token, leaseMs: 1, hops: 1 })];
  }
  if (message?._tag !== "Found") throw new Error(`the bare loop met ${message?._tag ?? event._tag}`);
  return [state, [settled(state, message.rid)]];
};

const token = { epoch: 1, length: 1n };

function send(to: string, message: Message): Effect[] {
  return [{ _tag: "Send", to, message }];
}

function settled({ self }: NodeState, operation: number): Effect {
  const result = {
    _tag: "Owner",
    peer: self,
    epoch: 1,
    length: 1n,
    leaseMs: 1,
    confirmed: true,
    hops: 1,
    trace: [],
  } as const;
  return { _tag: "Settled", operation, result: { _tag: "Right", right: result } };
}
