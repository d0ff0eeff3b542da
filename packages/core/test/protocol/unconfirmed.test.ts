import { heal, idealOwner, nodeUrl, Simulation } from "@chordnet/simulator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OperationError, OperationResult } from "../../src/effect.js";
import { id } from "../../src/identifier.js";
import { wayTo } from "../../src/protocol/unconfirmed.js";
import { at, happens, hears, member, sent, smallConfig, tick } from "../small-ring.js";

const dialect = { hashed: "url", confirms: false } as const;

/** Those that joined one after another, through somebody who was there. */
function grown(seed: number, nodes: number): Simulation {
  const ring = { bits: 16, intervalMs: 500, leaseMs: 1125, successors: 3 };
  const simulation = new Simulation(seed, ring, { dialect });
  for (let i = 0; i < nodes; i++) {
    simulation.start(nodeUrl(i));
    if (i === 0) finished(simulation, simulation.create(nodeUrl(0)));
    else finished(simulation, simulation.join(nodeUrl(i), [nodeUrl(Math.floor((i - 1) / 2))]));
  }
  return simulation;
}

function finished(simulation: Simulation, operation: number): OperationResult | OperationError {
  if (!simulation.run(10_000, () => simulation.settled.has(operation))) throw new Error("never settled");
  const result = simulation.settled.get(operation)?.result;
  if (result === undefined) throw new Error("settled with nothing");
  return result;
}

describe("where nodes confirm nothing", () => {
  it("a ring that grew one by one becomes ideal, and all look up what is right, unconfirmed", () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 12 }), fc.nat(65_535), (seed, nodes, key) => {
        const simulation = grown(seed, nodes);
        heal(simulation, 20);
        const target = id(simulation.config.space, BigInt(key));
        const owner = idealOwner(simulation.members(), target);
        for (const { self } of simulation.members()) {
          const found = finished(simulation, simulation.lookup(self.address, target));
          expect(found).toMatchObject({ _tag: "Owner", peer: owner, confirmed: false });
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each([1, 2, 3, 4, 5])(
    "a crash heals, a leaver is gone, and who restarts comes back (seed %i)",
    (seed) => {
      const simulation = grown(seed, 8);
      heal(simulation, 20);
      simulation.kill(nodeUrl(3));
      heal(simulation, 10);
      simulation.start(nodeUrl(3));
      finished(simulation, simulation.join(nodeUrl(3), [nodeUrl(0)]));
      heal(simulation, 10);
      expect(finished(simulation, simulation.leave(nodeUrl(5)))).toEqual({ _tag: "HandedOver", to: null });
      simulation.kill(nodeUrl(5));
      heal(simulation, 10);
      expect(simulation.members()).toHaveLength(7);
    },
  );

  it("nobody is asked for what is its own, or its successor's", () => {
    const config = smallConfig();
    const node = member(0x10, 0x00, { pointers: { successors: [at(0x20), at(0x30)] } }, config);
    const way = (target: number) => wayTo(node, id(config.space, BigInt(target)), []);
    expect(way(0x11)).toEqual({ _tag: "Owner", peer: at(0x20) });
    expect(way(0x20)).toEqual({ _tag: "Owner", peer: at(0x20) });
    expect(way(0x21)).toEqual({ _tag: "Ask", peer: at(0x20) });
    expect(way(0x30)).toEqual({ _tag: "Ask", peer: at(0x20) });
    expect(way(0x31)).toEqual({ _tag: "Ask", peer: at(0x30) });
  });

  it("a silent successor is gone round when it has been waited for as long as it would wait itself", () => {
    const config = { ...smallConfig({ intervalMs: 500 }), dialect };
    let node = member(0x10, 0x00, { pointers: { successors: [at(0x30)] } }, config);
    const [firstAskAt, tickMs] = [500, 100];
    let now = 0;
    for (; node.pointers.successors.length > 0; now += tickMs) ({ node } = tick(node, now));
    expect(now - tickMs - firstAskAt).toBe(5_000);
  });

  it("what a dead predecessor had is its successor's, who answered and named it", () => {
    const config = { ...smallConfig(), dialect };
    const node = member(0x10, 0x00, { pointers: { successors: [at(0x30)] } }, config);
    const target = id(config.space, 0x18n);
    const asked = {
      _tag: "LookupRequested",
      operation: 1,
      target,
      deadline: 5000,
      mode: "recursive",
    } as const;
    const first = happens(node, 0, asked);
    const [question] = sent(first.effects, "Route");
    expect(question?.to).toBe(at(0x30).address);
    const rid = question?.message.rid ?? 0;
    const peers = [{ peer: at(0x20), why: "predecessor" }] as const;
    const second = hears(first.node, 1, at(0x30), { _tag: "Closer", rid, peers });
    const [further] = sent(second.effects, "Route");
    expect(further?.to).toBe(at(0x20).address);
    if (further === undefined) throw new Error("nobody was asked");
    const failure = {
      _tag: "SendFailed",
      to: further.to,
      message: further.message,
      reason: "refused",
    } as const;
    const { effects } = happens(second.node, 2, failure);
    const settled = effects.find((effect) => effect._tag === "Settled");
    expect(settled?.result).toMatchObject({ right: { peer: at(0x30), confirmed: false } });
  });

  it.each([
    ["by who was asked, its predecessor is asked", at(0x0c), "Resolved"],
    ["by who was asked, without a predecessor nobody is named", null, "Resolved"],
    ["by its successor, its predecessor is asked", at(0x0c), "Closer"],
    ["by its successor, without a predecessor nobody is named", null, "Closer"],
  ] as const)("said to be this node's own, which it is not: %s", (_, predecessor, how) => {
    const config = { ...smallConfig(), dialect };
    const pointers = { successors: [at(0x30)], predecessor };
    const node = { ...member(0x10, 0x00, { pointers }, config), ownership: member(0x10, 0x0c).ownership };
    const asked = {
      _tag: "LookupRequested",
      operation: 1,
      target: id(config.space, 0x05n),
      deadline: 5000,
      mode: "recursive",
    } as const;
    const first = happens(node, 0, asked);
    const [question] = sent(first.effects, "Query");
    const rid = question?.message.rid ?? 0;
    const owner = how === "Resolved" ? at(0x10) : at(0x30);
    const told = { owner, token: { epoch: 0, length: 0n }, leaseMs: 0, hops: 1, trace: [] };
    let second = hears(first.node, 1, at(0x30), { _tag: "Resolved", rid, ...told });
    if (how === "Closer") {
      const [further] = sent(second.effects, "Route");
      const peers = [{ peer: at(0x10), why: "predecessor" }] as const;
      second = hears(second.node, 2, at(0x30), { _tag: "Closer", rid: further?.message.rid ?? 0, peers });
    }
    expect(second.effects.filter((effect) => effect._tag === "Settled")).toEqual([]);
    expect(sent(second.effects, "Route").map(({ to }) => to)).toEqual(
      predecessor === null ? [] : [predecessor.address],
    );
  });
});
