import type { Address, Id } from "@chordnet/core";
import { arcsOf, configure, defaultRing } from "@chordnet/core";
import { defaultLimits } from "@chordnet/transport";
import { describe, expect, it } from "vitest";
import { Exchanges } from "../../src/exchange/exchanges.js";
import { Trouble } from "../../src/exchange/trouble.js";
import type { TimedHandover } from "../../src/handler.js";
import { Errands } from "../../src/handover/errands.js";
import type { Passed } from "../../src/handover/passed.js";
import { offersMax, offersOfOneMax, Pulls } from "../../src/handover/pulls.js";
import { silentLogger } from "../../src/ports.js";
import { FakeClock, settled } from "../fake-clock.js";

const handover: TimedHandover = {
  give: async function* () {},
  take: () => Promise.resolve(),
  given: () => undefined,
  timeoutMs: 10_000,
};

/** Pulls from peers that never answer, and whom they have asked. */
function silence() {
  const config = configure(defaultRing);
  const clock = new FakeClock();
  const asked: Address[] = [];
  let named = 0;
  const exchanges = new Exchanges({
    clock,
    frameBytesMax: defaultLimits.frameBytesMax,
    send: (to, { _tag }) => {
      if (_tag === "Open") asked.push(to);
      return true;
    },
    randomRid: () => {
      named += 1;
      return named;
    },
    serve: () => undefined,
  });
  const { signal: over } = new AbortController();
  const randomName = (): string => "00112233445566778899aabb";
  const errands = new Errands({ clock, logger: silentLogger, exchanges, over, randomName });
  return { asked, clock, pulls: new Pulls({ config, arcs: arcsOf(config.space), errands }) };
}

const range = (peer: string, n: number): Passed => ({
  ...{ start: BigInt(10 * n) as Id, end: BigInt(10 * n + 10) as Id },
  ...{ epoch: 1, peer: `memory://${peer}` },
});

const reason = (attempt: () => void): string => {
  try {
    attempt();
    return "taken";
  } catch (error) {
    if (error instanceof Trouble) return error.reason;
    throw error;
  }
};

describe("what others offer", () => {
  it("is pulled from so many ranges of one peer, and so many in all: the next may be offered again later", async () => {
    const { asked, clock, pulls } = silence();
    const offer = (peer: string, n: number): string => reason(() => pulls.offered(range(peer, n), handover));
    const ofOne = Array.from({ length: offersOfOneMax + 1 }, (_, n) => offer("p0", n));
    expect(ofOne.slice(0, -1).every((each) => each === "taken")).toBe(true);
    expect(ofOne.at(-1)).toBe("overloaded");
    for (let n = offersOfOneMax; n < offersMax; n += 1) expect(offer(`p${1 + (n % 7)}`, n)).toBe("taken");
    expect(offer("late", offersMax)).toBe("overloaded");
    // The same once more is one that is under way.
    expect(offer("p0", 0)).toBe("taken");
    expect(asked).toHaveLength(offersMax);
    await clock.advance(handover.timeoutMs);
    expect(offer("late", offersMax)).toBe("taken");
    expect(asked).toHaveLength(offersMax + 1);
  });

  it("does not stand in the way of what the ring itself has handed over", async () => {
    const { asked, pulls } = silence();
    for (let n = 0; n < offersMax; n += 1) pulls.offered(range(`p${n % 8}`, n), handover);
    pulls.gained(range("giver", offersMax), handover, "join");
    expect(asked.at(-1)).toBe("memory://giver");
    const waiting = pulls.pending(5n as Id);
    expect(waiting).not.toBe(null);
    expect(pulls.pending(BigInt(10 * offersMax + 11) as Id)).toBe(null);
    await settled();
  });
});
