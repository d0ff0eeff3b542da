import { describe, expect, it } from "vitest";
import type { Owner } from "../../src/api.js";
import { ChordNetError } from "../../src/errors/errors.js";
import { Watch } from "../../src/events/watching.js";
import { silentLogger } from "../../src/ports.js";
import { FakeClock, settled } from "../fake-clock.js";

const owner = (address: string, epoch = 1): Owner => ({
  id: "0",
  address,
  host: address,
  port: null,
  hops: 1,
  epoch,
  confirmed: true,
  leaseMs: 1,
  self: false,
});

describe("a watch", () => {
  it("tells the first owner and each change, once an interval, until it is stopped", async () => {
    const clock = new FakeClock();
    let now: Owner | null = owner("a");
    let lookups = 0;
    const told: (string | null)[] = [];
    const logged: unknown[] = [];
    const watch = new Watch({
      intervalMs: 100,
      clock,
      logger: { ...silentLogger, error: (_, error) => logged.push(error) },
      lookup: async () => {
        lookups += 1;
        if (now === null) throw new ChordNetError("NO_OWNER", { attempts: 1, last: "timeout" });
        return now;
      },
      listener: (each) => {
        told.push(each === null ? null : `${each.address}${each.epoch}`);
        if (told.length === 1) throw new Error("a listener that throws is called again");
        return Promise.reject(new Error("and one whose promise rejects"));
      },
    });
    await settled();
    await clock.advance(250);
    expect({ told, lookups }).toEqual({ told: ["a1"], lookups: 3 });
    now = owner("a", 2);
    watch.check();
    await settled();
    now = null;
    await clock.advance(200);
    now = owner("b", 3);
    await clock.advance(100);
    expect(told).toEqual(["a1", "a2", null, "b3"]);
    expect(logged).toHaveLength(told.length);
    watch.stop();
    now = owner("c");
    await clock.advance(1_000);
    expect(told).toHaveLength(4);
    expect(clock.pending).toBe(0);
  });

  it("tells nothing of an owner where nobody could be asked", async () => {
    const clock = new FakeClock();
    const told: (string | undefined)[] = [];
    let overloaded = false;
    const watch = new Watch({
      intervalMs: 100,
      clock,
      logger: silentLogger,
      lookup: async () => {
        if (overloaded) throw new ChordNetError("OVERLOADED", { limit: 1 });
        return owner("a");
      },
      listener: (each) => void told.push(each?.address),
    });
    await settled();
    overloaded = true;
    await clock.advance(200);
    overloaded = false;
    await clock.advance(200);
    expect(told).toEqual(["a"]);
    watch.stop();
  });

  it("asked to check while it looks looks once more", async () => {
    const clock = new FakeClock();
    let lookups = 0;
    const answers: (() => void)[] = [];
    const lookup = (): Promise<Owner> => {
      lookups += 1;
      return new Promise((resolve) => answers.push(() => resolve(owner("a"))));
    };
    const watch = new Watch({
      intervalMs: 100,
      clock,
      logger: silentLogger,
      lookup,
      listener: () => undefined,
    });
    for (let i = 0; i < 5; i += 1) watch.check();
    expect(lookups).toBe(1);
    answers[0]?.();
    await settled();
    expect(lookups).toBe(2);
    watch.stop();
  });
});
