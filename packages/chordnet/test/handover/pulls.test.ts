import type { Address, Id } from "@chordnet/core";
import { arcsOf, configure, defaultRing } from "@chordnet/core";
import { defaultLimits } from "@chordnet/transport";
import { describe, expect, it } from "vitest";
import { Exchanges } from "../../src/exchange/exchanges.js";
import { Trouble } from "../../src/exchange/trouble.js";
import { Errands } from "../../src/handover/errands.js";
import type { Passed } from "../../src/handover/passed.js";
import { offersMax, offersOfOneMax, Pulls } from "../../src/handover/pulls.js";
import { silentLogger } from "../../src/ports.js";
import type { TimedHandover } from "../../src/requests/handler.js";
import { Ending } from "../../src/waiting/ending.js";
import { FakeClock, settled } from "../fake-clock.js";

const handover: TimedHandover = {
  give: async function* () {},
  take: () => Promise.resolve(),
  given: () => undefined,
  timeoutMs: 10_000,
};

/** Pulls from peers that answer what `answers` says, by its subject, and whom they have asked. */
function pulling(answers: Readonly<Record<string, Uint8Array>>) {
  const config = configure(defaultRing);
  const clock = new FakeClock();
  const asked: Address[] = [];
  const subjects: string[] = [];
  let named = 0;
  const exchanges: Exchanges = new Exchanges({
    clock,
    frameBytesMax: defaultLimits.frameBytesMax,
    keepAliveMs: 15_000,
    send: (to, message) => {
      if (message._tag !== "Open") return true;
      const { rid, subject } = message;
      asked.push(to);
      subjects.push(subject._tag);
      const bytes = answers[subject._tag];
      const response = { _tag: "Chunk", rid, response: true, offset: 0, last: true } as const;
      if (bytes !== undefined) queueMicrotask(() => exchanges.receive(to, false, { ...response, bytes }));
      return true;
    },
    randomRid: () => {
      named += 1;
      return named;
    },
    serve: () => undefined,
  });
  const randomName = (): string => "00112233445566778899aabb";
  const errands = new Errands({ clock, logger: silentLogger, exchanges, end: new Ending(), randomName });
  return { asked, subjects, clock, pulls: new Pulls({ clock, config, arcs: arcsOf(config.space), errands }) };
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

describe("what a range's former owner gives", () => {
  const gift = new Uint8Array([1, 2, 3]);

  /** What it takes, and when it is to have taken it. */
  function taking(taken: Promise<void> = Promise.resolve()) {
    const got: Uint8Array[] = [];
    const take: TimedHandover["take"] = async ({ chunks }) => {
      for await (const chunk of chunks) got.push(chunk);
      await taken;
    };
    return { got, handover: { ...handover, take } };
  }

  it("is waited for until it has been taken, and then who gave it is told", async () => {
    const { subjects, clock, pulls } = pulling({ Give: gift, Taken: new Uint8Array(0) });
    let finish: () => void = () => undefined;
    const { got, handover: slow } = taking(
      new Promise((resolve) => {
        finish = resolve;
      }),
    );
    pulls.gained(range("giver", 0), slow, "join");
    await settled();
    expect([got, subjects]).toEqual([[gift], ["Give"]]);
    expect(pulls.pending(5n as Id)).not.toBe(null);
    finish();
    await pulls.allSettled();
    await settled();
    expect([pulls.pending(5n as Id), subjects]).toEqual([null, ["Give", "Taken"]]);
    await clock.advance(3 * handover.timeoutMs);
    expect(subjects).toEqual(["Give", "Taken"]);
  });

  it("is not waited for any longer where its giver falls silent once it has given", async () => {
    const { got, handover: quick } = taking();
    const { subjects, clock, pulls } = pulling({ Give: gift });
    pulls.gained(range("giver", 0), quick, "join");
    await settled();
    expect([got, pulls.pending(5n as Id)]).toEqual([[gift], null]);
    expect(subjects).toEqual(["Give", "Taken"]);
    await clock.advance(3 * handover.timeoutMs);
    expect(subjects).toEqual(["Give", "Taken"]);
    expect(got).toEqual([gift]);
  });
});

describe("what others offer", () => {
  it("is pulled from so many ranges of one peer, and so many in all: the next may be offered again later", async () => {
    const { asked, clock, pulls } = pulling({});
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
    const { asked, pulls } = pulling({});
    for (let n = 0; n < offersMax; n += 1) pulls.offered(range(`p${n % 8}`, n), handover);
    pulls.gained(range("giver", offersMax), handover, "join");
    expect(asked.at(-1)).toBe("memory://giver");
    const waiting = pulls.pending(5n as Id);
    expect(waiting).not.toBe(null);
    expect(pulls.pending(BigInt(10 * offersMax + 11) as Id)).toBe(null);
    await settled();
  });
});
