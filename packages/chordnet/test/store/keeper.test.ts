import { configure, defaultRing, type EntryName, tombstone } from "@chordnet/core";
import { memoryStorage, StorageError, type StorageErrorCode, type Volume } from "@chordnet/storage";
import { describe, expect, it } from "vitest";
import { Exchanges } from "../../src/exchange/exchanges.js";
import { noCounts } from "../../src/observing/counters.js";
import { silentLogger } from "../../src/ports.js";
import { Keeper } from "../../src/store/keeper.js";
import { storeSetup } from "../../src/store/setup.js";
import { FakeClock } from "../fake-clock.js";

const intervalMs = 100;
const tombstoneMs = 3_600_000;
const name: EntryName = { id: 1n as EntryName["id"], key: new Uint8Array(1) };

/** A keeper of a node that knows no ring yet; `looks`: how often it has asked for it. */
async function keeper(clock = new FakeClock(), given: Volume | null = null, logger = silentLogger) {
  const counters = noCounts();
  const seen = { looks: 0 };
  const config = configure({ ...defaultRing, intervalMs, leaseMs: 225 }, { jitter: 0 });
  const exchanges = new Exchanges({
    clock,
    send: () => true,
    frameBytesMax: 1_000,
    keepAliveMs: 15_000,
    randomRid: () => 1,
    serve: () => undefined,
  });
  const ports = {
    ...{ clock, config, counters, exchanges, logger, setup: storeSetup({ tombstoneMs }) },
    self: "memory://a",
    state: () => {
      seen.looks += 1;
      return null;
    },
    randomName: () => "name",
    ownerOf: () => Promise.reject(new Error("nobody")),
  };
  const made = new Keeper(ports, given ?? (await memoryStorage().open(defaultRing)), []);
  return { clock, counters, made, seen };
}

describe("the store's driver", () => {
  it("looks at the ring when the ring's machine wakes, and no more than twice an interval", async () => {
    const { clock, made, seen } = await keeper();
    expect(seen.looks).toBe(1);
    await clock.advance(3 * intervalMs);
    expect(seen.looks).toBe(1);
    for (let wakes = 0; wakes < 10; wakes += 1) {
      made.ticked();
      await clock.advance(intervalMs / 10);
    }
    expect(seen.looks).toBe(3);
  });

  it("rests after a step that throws, however long its time has come", async () => {
    class Broken extends FakeClock {
      override wall(): number {
        throw new Error("no calendar");
      }
    }
    const { clock, counters, made } = await keeper(new Broken());
    await made.command("one", name, { _tag: "Get" });
    expect(counters.faults).toBe(1);
    // Copies from an earlier life are looked for after four intervals.
    await clock.advance(4 * intervalMs);
    expect(counters.faults).toBe(2);
    await clock.advance(1_000);
    expect(counters.faults).toBe(12);
  });

  it("tells whoever waits for a step that throws that it was not done, and goes on", async () => {
    const { counters, made } = await keeper();
    const unnamed = null as unknown as EntryName;
    expect(await made.command("one", unnamed, { _tag: "Get" })).toEqual({
      _tag: "NotReady",
      reason: "storage",
    });
    expect(counters.faults).toBe(1);
    expect(await made.command("two", name, { _tag: "Get" })).toEqual({ _tag: "NotOwner" });
  });

  describe("where the storage does not drop what it should", () => {
    /** What is logged of three pages of old tombstones that are to be dropped, and of the same again later. */
    async function logged(code: StorageErrorCode) {
      const clock = new FakeClock();
      const volume = await memoryStorage().open(defaultRing);
      const put = Array.from({ length: 600 }, (_, n) =>
        tombstone({ ...name, key: Uint8Array.of(n >> 8, n) }, 1, 0),
      );
      await volume.write({ put });
      const refusedAt: number[] = [];
      volume.write = () => {
        refusedAt.push(clock.wall());
        return Promise.reject(new StorageError(code, `because of ${code}`));
      };
      const lines: unknown[] = [];
      const logger = {
        ...silentLogger,
        warn: (...line: unknown[]) => void lines.push(line),
        error: (...line: unknown[]) => void lines.push(line),
      };
      const { made } = await keeper(clock, volume, logger);
      await made.command("one", name, { _tag: "Get" });
      await clock.advance(tombstoneMs / 4);
      return { lines, since: refusedAt[0], noRoom: made.status().noRoom };
    }

    it.each(["full", "quota"] as const)(
      "tells rarely, and how often, that there is no room: %s",
      async (code) => {
        const reason = `because of ${code}`;
        const { lines, since, noRoom } = await logged(code);
        expect(lines).toEqual([
          ["the storage has no room", { reason }],
          ["the storage has no room", { reason, untold: 2 }],
        ]);
        // The first that was refused, not the last.
        expect(noRoom).toEqual({ reason: code, since });
      },
    );

    it("tells each failure of another kind, with all that is known", async () => {
      const { lines, noRoom } = await logged("failed");
      expect(noRoom).toBeNull();
      expect(lines).toHaveLength(6);
      expect(lines[0]).toEqual(["the storage did not do what the store wanted", expect.any(StorageError)]);
    });
  });
});
