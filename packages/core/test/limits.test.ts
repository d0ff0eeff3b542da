import { left } from "fp-ts/lib/Either.js";
import { describe, expect, it } from "vitest";
import type { Config, NodeLimits } from "../src/config.js";
import { badParameter, configure, defaultLimits, defaultRing, jitterMax } from "../src/config.js";
import type { Happening } from "../src/event.js";
import type { Find, Message } from "../src/message.js";
import { messageLimits } from "../src/message.js";
import type { Peer } from "../src/peer.js";
import * as pending from "../src/pending.js";
import { initialProcess, virtualNodesMax } from "../src/process.js";
import type { NodeState } from "../src/state.js";
import type { Stepped } from "./small-ring.js";
import {
  answer,
  ask,
  at,
  beneath,
  granted,
  happens,
  hears,
  member,
  range,
  report,
  sent,
  small,
  smallConfig,
  tick,
} from "./small-ring.js";

/** Everything has a bound: each is kept at the bound, and what lies one past it is refused by name. */

function limited(limits: Partial<NodeLimits>, bits = 6): Config {
  return { ...smallConfig({ bits }), limits: { ...defaultLimits, ...limits } };
}

describe("the members that must be seen", () => {
  it("are at most as many as can be: a node and its successors", () => {
    const ring = { ...defaultRing, successors: 4 };
    expect(configure(ring, { minMembers: 5 }).minMembers).toBe(5);
    for (const minMembers of [0, 6, 1.5]) {
      expect(() => configure(ring, { minMembers })).toThrow(/minMembers must be an integer from 1 to 5/);
    }
  });
});

describe("requests that a node waits for", () => {
  const node = member(0x20, 0x10, { pointers: { successors: [at(0x30)] } }, limited({ pendingMax: 2 }));
  const lookup = (operation: number): Happening => ({
    _tag: "LookupRequested",
    operation,
    target: at(0x2a).id,
    deadline: 5000,
    mode: "recursive",
  });
  const full = happens(happens(node, 0, lookup(1)).node, 0, lookup(2)).node;
  const overloaded = left({ _tag: "Overloaded", pendingMax: 2 });

  it("are pendingMax at most, and a lookup past them fails as overloaded", () => {
    expect(full.pending.size).toBe(2);
    expect(happens(full, 0, lookup(3)).effects).toEqual([
      { _tag: "Settled", operation: 3, result: overloaded },
    ]);
  });

  it("an inspection past them too", () => {
    const { address } = at(0x30);
    const inspect: Happening = { _tag: "InspectRequested", operation: 3, address, deadline: 5000 };
    expect(happens(full, 0, inspect).effects).toEqual([
      { _tag: "Settled", operation: 3, result: overloaded },
    ]);
  });

  it("a client is told so", () => {
    const query: Message = { _tag: "Query", rid: 9, target: at(0x2a).id, timeoutMs: 1000, trace: false };
    const { effects } = hears(full, 0, at(0x05), query);
    expect(sent(effects, "Refused")).toMatchObject([{ message: { rid: 9, code: "overloaded" } }]);
  });
});

describe("nodes that a lookup contacts", () => {
  const config = limited({ hopsMax: 3 });
  const node = member(0x20, 0x10, { pointers: { successors: [at(0x30)] } }, config);
  const find = (hops: number): Find => ({
    _tag: "Find",
    rid: 9,
    target: at(0x2a).id,
    origin: at(0x05),
    hops,
  });

  it("are hopsMax at most when it wanders", () => {
    const { address } = at(0x30);
    expect(sent(hears(node, 0, at(0x10), find(2)).effects, "Find")).toMatchObject([
      { to: address, message: { hops: 3 } },
    ]);
    const { effects } = hears(node, 0, at(0x10), find(3));
    expect(effects).toMatchObject([
      { to: at(0x05).address, message: { _tag: "Unfound", rid: 9, reason: "hops-exceeded", hops: 3 } },
    ]);
  });

  it("are hopsMax at most when the asker goes itself", () => {
    const lookup: Happening = {
      _tag: "LookupRequested",
      operation: 1,
      target: at(0x2a).id,
      deadline: 900,
      mode: "iterative",
    };
    const contacted: string[] = [];
    let turn = happens(node, 0, lookup);
    for (let i = 0; i < 8; i++) {
      const route = sent(turn.effects, "Route")[0];
      if (route === undefined) break;
      contacted.push(route.to);
      const nearer = { peer: at(0x2f - i), why: "predecessor" } as const;
      const said: Message = { _tag: "Closer", rid: route.message.rid, peers: [nearer] };
      turn = hears(turn.node, 0, config.naming(route.to) === at(0x30).id ? at(0x30) : at(0x30 - i), said);
    }
    expect(contacted).toHaveLength(3);
    for (const timeMs of [300, 600, 900]) turn = tick(turn.node, timeMs);
    expect(turn.effects).toContainEqual({
      _tag: "Settled",
      operation: 1,
      result: left(expect.objectContaining({ _tag: "NoOwner" })),
    });
  });

  it("three ways on are shown at most", () => {
    const successors = [0x28, 0x2c, 0x30, 0x34].map((point) => at(point));
    const wide = member(0x20, 0x10, { pointers: { successors } }, smallConfig({ successors: 4 }));
    const { effects } = hears(wide, 0, at(0x05), { _tag: "Route", rid: 9, target: at(0x38).id });
    expect(sent(effects, "Closer")[0]?.message.peers).toHaveLength(3);
  });

  it("a client's lookup ends within a minute, whatever it asks for", () => {
    const query: Message = { _tag: "Query", rid: 9, target: at(0x2a).id, timeoutMs: 1e9, trace: false };
    let turn: Stepped = hears(node, 0, at(0x05), query);
    for (let timeMs = 0; timeMs <= 60_000; timeMs += 250) turn = tick(turn.node, timeMs);
    expect(pending.entries(turn.node.pending).some(({ purpose }) => purpose._tag === "Lookup")).toBe(false);
  });
});

describe("peers that a node keeps", () => {
  const limits = { rememberedMax: 8, routesMax: 16 };
  const config = limited(limits, 12);
  const named = (point: number): Peer => ({ ...at(point), id: config.naming(at(point).address) });
  const far = named(0xff0);
  /** Each nearer than the one before. */
  const crowd = Array.from({ length: 500 }, (_, i) => named(0xe00 - i));

  /** Meets them all: each asks for a lease, answers, and is then refused. */
  function meetAll(): NodeState {
    let node = member(0x20, 0x10, { pointers: { successors: [far] } }, config);
    for (const peer of crowd) {
      node = hears(node, 0, peer, ask({ epoch: 1, length: 1n })).node;
      const asked = pending.entries(node.pending);
      for (const { rid, to } of asked) {
        const other = crowd.find(({ address }) => address === to) ?? far;
        node = hears(node, 0, other, answer(rid, granted(0), { successors: [far] })).node;
      }
      const { address, incarnation } = peer;
      const ping: Message = { _tag: "Ping", rid: 0 };
      node = hears(node, 0, { ...peer, incarnation: incarnation + 1 }, ping).node;
      node = happens(node, 0, { _tag: "SendFailed", to: address, message: ping, reason: "refused" }).node;
    }
    return node;
  }

  it("are as many as may be, and no more", () => {
    const node = meetAll();
    expect(node.remembered).toHaveLength(limits.rememberedMax);
    expect(node.contacts.size).toBeLessThanOrEqual(limits.rememberedMax + 64);
    expect(node.contacts.size).toBeGreaterThan((7 * (limits.rememberedMax + 64)) / 8);
    expect(node.pointers.successors.length).toBeLessThanOrEqual(config.ring.successors);
    expect(node.pointers.fingers.length).toBeLessThanOrEqual(config.space.bits);
  });

  it("as hints for routing likewise", () => {
    let node = member(0x20, 0x10, { pointers: { successors: [at(0x30)] } }, config);
    for (const peer of crowd) {
      const asked = happens(node, 0, {
        _tag: "LookupRequested",
        operation: 1,
        target: peer.id,
        deadline: 900,
        mode: "recursive",
      });
      const rid = sent(asked.effects, "Find")[0]?.message.rid as number;
      const found: Message = {
        _tag: "Found",
        rid,
        token: { epoch: 1, length: 1n },
        leaseMs: 1000,
        hops: 1,
      };
      node = hears(asked.node, 0, peer, found).node;
    }
    expect(node.routes.entries).toHaveLength(limits.routesMax);
  });
});

describe("lists", () => {
  it("of successors are r long, however many an answer brings", () => {
    const node = member(0x20, 0x10, { pointers: { successors: [at(0x21)] } });
    const asked = tick(node, 1000);
    const rid = sent(asked.effects, "Ask")[0]?.message.rid as number;
    const successors = Array.from({ length: messageLimits.peersMax }, (_, i) => at((0x22 + i) % 64));
    const heard = hears(asked.node, 1001, at(0x21), answer(rid, granted(2250), { successors }));
    expect(heard.node.pointers.successors).toEqual([at(0x21), at(0x22)]);
  });

  it("of what lies beneath are told r - 1 deep, however deep they were heard", () => {
    const config = smallConfig({ successors: 4 });
    const held = report(0x10, range(0x0f, 0x10, 1));
    const ownership = { before: beneath(held) };
    const node = member(0x20, 0x10, { ownership, pointers: { successors: [at(0x30)] } }, config);
    const deep = Array.from({ length: messageLimits.reportsMax }, (_, i) =>
      report(0x0f - (i % 15), held.token),
    );
    const heard = hears(node, 999, at(0x10), ask(held.token, { beneath: deep }));
    const asks = sent(tick(heard.node, 1000).effects, "Ask").filter(({ message }) => message.token !== null);
    expect(asks[0]?.message.beneath).toEqual([held, ...deep.slice(0, 2)]);
  });
});

describe("parameters", () => {
  it.each([
    ["bits", 1, 256, 0, 257],
    ["successors", 1, 32, 0, 33],
    ["intervalMs", 450, 1500, 9, 3_600_001],
    ["leaseMs", 1500, 100_000, 1499, 100_001],
  ] as const)("%s from %i to %i are a ring's, %i and %i are not", (parameter, least, most, less, more) => {
    for (const value of [least, most])
      expect(badParameter({ ...defaultRing, [parameter]: value })).toBe(null);
    for (const value of [less, more]) {
      const ring = { ...defaultRing, [parameter]: value };
      expect(badParameter(ring)).toMatchObject({ _tag: "BadParameter", parameter, value });
      expect(() => configure(ring)).toThrow(RangeError);
    }
  });

  it("the name is 1 to 64 printable characters", () => {
    for (const name of ["a", "~".repeat(64)]) expect(badParameter({ ...defaultRing, name })).toBe(null);
    for (const name of ["", "a b", "é", "~".repeat(65)]) {
      expect(badParameter({ ...defaultRing, name })).toMatchObject({ parameter: "name" });
    }
  });

  it("the jitter is 0 to 0.5", () => {
    for (const jitter of [0, jitterMax]) expect(configure(defaultRing, { jitter }).jitter).toBe(jitter);
    for (const jitter of [-0.01, jitterMax + 0.01, Number.NaN]) {
      expect(() => configure(defaultRing, { jitter })).toThrow(RangeError);
    }
  });

  it("what has another type is none, even where it would do as text or as a number", () => {
    for (const [parameter, value] of [
      ["name", 12_345_678],
      ["name", ["abc"]],
      ["bits", "160"],
      ["intervalMs", "200"],
      ["leaseMs", "2250"],
    ] as const) {
      expect(badParameter({ ...defaultRing, [parameter]: value })).toMatchObject({ parameter, value });
    }
  });

  it("a process has 1 to 256 virtual nodes", () => {
    const birth = { url: at(0).address, incarnation: 1, seed: [1, 2, 3, 4], at: 0, wall: 0 } as const;
    for (const virtualNodes of [1, virtualNodesMax]) {
      expect(initialProcess(small, { ...birth, virtualNodes }).nodes).toHaveLength(virtualNodes);
    }
    for (const virtualNodes of [0, virtualNodesMax + 1, 1.5]) {
      expect(() => initialProcess(small, { ...birth, virtualNodes })).toThrow(RangeError);
    }
  });
});
