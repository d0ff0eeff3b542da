import { describe, expect, it } from "vitest";
import type { Asker } from "../src/load.js";
import { ask, Load } from "../src/load.js";
import type { Answered } from "../src/lookup-log.js";

const owner: Answered = { _tag: "Answered", owner: "tcp://o", ownerId: 1n, epoch: 1, leaseMs: 5, hops: 1 };

/** Answers everything at once, and remembers what it was asked. */
class Echo implements Asker {
  readonly asked: Array<readonly [bigint, number]> = [];
  closed = 0;
  lookup(keyId: bigint, timeoutMs: number): Promise<Answered> {
    this.asked.push([keyId, timeoutMs]);
    return Promise.resolve(owner);
  }
  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }
}

class Clock {
  ms = 0;
  readonly now = (): number => this.ms;
}

function loadAt(clock: Clock, timeoutsMs: ReadonlyArray<number> = [100]): Load {
  return new Load({ ratePerSecond: 100, nextKey: () => 7n, timeoutsMs, now: clock.now });
}

describe("Load", () => {
  it("asks at its rate, every node in turn", async () => {
    const clock = new Clock();
    const load = loadAt(clock);
    const [one, two] = [new Echo(), new Echo()];
    load.add("tcp://1", one);
    load.add("tcp://2", two);
    load.begin();
    for (clock.ms = 0; clock.ms < 200; clock.ms += 5) load.tick();
    const tally = await load.stop();
    expect(tally).toMatchObject({ from: 0, to: 200, lost: 0, skipped: 0 });
    expect(tally.lookups).toHaveLength(20);
    expect(one.asked).toHaveLength(10);
    expect(two.asked).toHaveLength(10);
  });

  it("gives every node every deadline", async () => {
    const clock = new Clock();
    const load = loadAt(clock, [100, 300]);
    const [one, two] = [new Echo(), new Echo()];
    load.add("tcp://1", one);
    load.add("tcp://2", two);
    load.begin();
    for (clock.ms = 0; clock.ms < 80; clock.ms += 10) load.tick();
    await load.stop();
    for (const echo of [one, two])
      expect(new Set(echo.asked.map(([, timeout]) => timeout))).toEqual(new Set([100, 300]));
  });

  it("asks a removed node nothing more, and closes it at the end", async () => {
    const clock = new Clock();
    const load = loadAt(clock);
    const [one, two] = [new Echo(), new Echo()];
    load.add("tcp://1", one);
    load.add("tcp://2", two);
    load.begin();
    load.remove("tcp://1");
    for (clock.ms = 0; clock.ms < 50; clock.ms += 10) load.tick();
    expect(one.asked).toHaveLength(0);
    expect(one.closed).toBe(0);
    await load.stop();
    expect(two.asked).toHaveLength(5);
    expect([one.closed, two.closed]).toEqual([1, 1]);
  });

  it("does not make up for its own long pauses, but tells of them", async () => {
    const clock = new Clock();
    const load = loadAt(clock);
    const echo = new Echo();
    load.add("tcp://1", echo);
    load.begin();
    load.tick();
    clock.ms = 1_000;
    load.tick();
    const tally = await load.stop();
    expect(tally.skipped).toBeGreaterThan(90);
    expect(echo.asked.length).toBeLessThan(10);
  });

  it("logs what it saw", async () => {
    const clock = new Clock();
    const load = loadAt(clock);
    load.add("tcp://1", new Echo());
    load.begin();
    clock.ms = 3;
    load.tick();
    const { lookups } = await load.stop();
    expect(lookups).toEqual([
      { via: "tcp://1", keyId: 7n, sentAt: 3, settledAt: 3, timeoutMs: 100, outcome: owner },
    ]);
  });

  it("counts as lost what never settles", async () => {
    const clock = new Clock();
    const load = loadAt(clock, [1]);
    load.add("tcp://1", { lookup: () => new Promise(() => undefined), close: () => Promise.resolve() });
    load.begin();
    load.tick();
    expect(await load.stop()).toMatchObject({ lookups: [], lost: 1 });
  });
});

describe("ask", () => {
  const failing = (error: unknown): Asker => ({
    lookup: () => Promise.reject(error),
    close: () => Promise.resolve(),
  });

  it("keeps an error's code", async () => {
    const error = Object.assign(new Error("too late"), { code: "TIMEOUT" });
    const { outcome } = await ask("tcp://1", failing(error), 1n, 10);
    expect(outcome).toEqual({ _tag: "Failed", code: "TIMEOUT", message: "too late" });
  });

  it("tells where there is none", async () => {
    expect((await ask("tcp://1", failing(new Error("?")), 1n, 10)).outcome).toMatchObject({ code: null });
    expect((await ask("tcp://1", failing("?"), 1n, 10)).outcome).toEqual({
      _tag: "Failed",
      code: null,
      message: "?",
    });
  });
});
