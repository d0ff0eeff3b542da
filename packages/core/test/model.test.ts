import { heal, idealOwner, nodeUrl, Simulation } from "@chordnet/simulator";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LookupMode } from "../src/event.js";
import type { Id } from "../src/identifier.js";
import { id } from "../src/identifier.js";
import type { Address } from "../src/peer.js";

/**
 * The ring against its model, the sorted list of those that are there: whatever joined, left, crashed or came back,
 * once it is quiet every node answers every lookup as the list does.
 */
interface Model {
  readonly alive: Address[];
  started: number;
  /** The highest epoch that each key's owner was reported with. */
  readonly epochs: Map<Id, number>;
}

type Command = fc.Command<Model, Simulation>;

const nodesMax = 9;
const startedMax = 26;

function chosen(model: Model, i: number): Address {
  return model.alive[i % model.alive.length] as Address;
}

/** Wherever it goes later, somebody whom it knows will be there. */
function seeds(first: Address): ReadonlyArray<Address> {
  return [first, ...Array.from({ length: startedMax }, (_, i) => nodeUrl(i))];
}

/** A ring whose only member goes while others are about to join is gone. */
function isLastMember(ring: Simulation, url: Address): boolean {
  return ring.members().every((node) => node.self.address === url);
}

function without(model: Model, url: Address): void {
  model.alive.splice(model.alive.indexOf(url), 1);
}

class Join implements Command {
  readonly through: number;

  constructor(through: number) {
    this.through = through;
  }

  check(model: Model): boolean {
    return model.alive.length < nodesMax && model.started < startedMax;
  }

  run(model: Model, ring: Simulation): void {
    const url = nodeUrl(model.started++);
    ring.start(url);
    ring.join(url, seeds(chosen(model, this.through)));
    model.alive.push(url);
  }

  toString(): string {
    return `join(${this.through})`;
  }
}

class Leave implements Command {
  readonly who: number;

  constructor(who: number) {
    this.who = who;
  }

  check(model: Model): boolean {
    return model.alive.length > 2;
  }

  run(model: Model, ring: Simulation): void {
    const url = chosen(model, this.who);
    if (isLastMember(ring, url)) return;
    const left = ring.leave(url);
    without(model, url);
    expect(ring.run(6000, () => ring.settled.has(left))).toBe(true);
    ring.kill(url);
  }

  toString(): string {
    return `leave(${this.who})`;
  }
}

class Crash implements Command {
  readonly who: number;
  readonly again: boolean;

  constructor(who: number, again: boolean) {
    this.who = who;
    this.again = again;
  }

  check(model: Model): boolean {
    return model.alive.length > 2;
  }

  run(model: Model, ring: Simulation): void {
    const url = chosen(model, this.who);
    if (isLastMember(ring, url)) return;
    ring.kill(url);
    without(model, url);
    if (!this.again) return;
    ring.start(url);
    ring.join(url, seeds(chosen(model, 0)));
    model.alive.push(url);
  }

  toString(): string {
    return `${this.again ? "restart" : "kill"}(${this.who})`;
  }
}

class Pass implements Command {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }

  check(): boolean {
    return true;
  }

  run(_: Model, ring: Simulation): void {
    ring.run(this.ms);
  }

  toString(): string {
    return `pass(${this.ms} ms)`;
  }
}

class Quiet implements Command {
  check(): boolean {
    return true;
  }

  run(model: Model, ring: Simulation): void {
    ring.run(10_000, () => ring.members().length === model.alive.length);
    heal(ring);
    ring.run(2000);
    expect(ring.members().map((node) => node.self.address)).toEqual(expect.arrayContaining([...model.alive]));
    for (const mode of ["recursive", "iterative"] as const) lookUpAll(model, ring, mode);
    expect(ring.witness.violations).toEqual([]);
  }

  toString(): string {
    return "quiet";
  }
}

/** Every node's id, what lies next to it, and a few others: from every node. */
function lookUpAll(model: Model, ring: Simulation, mode: LookupMode): void {
  const members = ring.members();
  const near = members.flatMap(({ self }) => [self.id - 1n, self.id, self.id + 1n]);
  const keys = [0n, 1n << 159n, ...near].map((value) => id(ring.config.space, value));
  const asked = members.flatMap(({ self }) =>
    keys.map((key) => ({ key, lookup: ring.lookup(self.address, key, mode) })),
  );
  ring.run(5000, () => asked.every(({ lookup }) => ring.settled.has(lookup)));
  for (const { key, lookup } of asked) {
    const { ok, result } = ring.settled.get(lookup) ?? { ok: false, result: { _tag: "Open" } };
    expect({ ok, result }).toMatchObject({ ok: true, result: { peer: idealOwner(members, key) } });
    if (result._tag !== "Owner") continue;
    expect(result.epoch).toBeGreaterThanOrEqual(model.epochs.get(key) ?? 0);
    model.epochs.set(key, result.epoch);
  }
}

const any = fc.nat(40);
const commands = fc.commands(
  [
    any.map((i) => new Join(i)),
    any.map((i) => new Join(i)),
    any.map((i) => new Leave(i)),
    fc.tuple(any, fc.boolean()).map(([i, again]) => new Crash(i, again)),
    fc.integer({ min: 1, max: 3000 }).map((ms) => new Pass(ms)),
    fc.constant(new Quiet()),
  ],
  { maxCommands: 25 },
);

describe("a ring without faults of the network", { timeout: 60_000 }, () => {
  it("answers as the sorted list of its nodes does, once it is quiet", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 4 }), commands, (seed, successors, run) => {
        const ring = new Simulation(seed, { intervalMs: 500, leaseMs: 1125, successors });
        ring.start(nodeUrl(0));
        ring.create(nodeUrl(0));
        const model: Model = { alive: [nodeUrl(0)], started: 1, epochs: new Map() };
        fc.modelRun(() => ({ model, real: ring }), run);
        new Quiet().run(model, ring);
      }),
      { numRuns: 150 },
    );
  });
});
