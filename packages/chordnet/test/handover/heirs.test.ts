import { describe, expect, it } from "vitest";
import { Heirs, type Owing, type Standing } from "../../src/handover/heirs.js";
import { FakeClock, settled } from "../fake-clock.js";

const [heir, other] = ["memory://heir", "memory://other"];

function owing(...heirs: ReadonlyArray<string>): Owing & { take(): void } {
  let owed = heirs;
  return {
    take: () => {
      owed = [];
    },
    owedTo: () => owed,
    writeOff: (gone) => {
      const before = owed.length;
      owed = owed.filter((each) => !gone.has(each));
      return owed.length < before;
    },
  };
}

function watched(standings: Record<string, Standing>) {
  const clock = new FakeClock();
  const [handovers, values] = [owing(heir), owing(heir)];
  const heirs = new Heirs({
    ...{ clock, handovers, values },
    others: () => [heir, other],
    standing: async (process) => standings[process] ?? "member",
  });
  const watching = heirs.watch();
  return { clock, handovers, values, heirs, watching };
}

describe("the heirs of one that leaves", () => {
  it("are waited for as long as their port does not refuse", async () => {
    const standings: Record<string, Standing> = { [heir]: "there", [other]: "gone" };
    const { clock, heirs, handovers, values } = watched(standings);
    await clock.advance(1_000);
    expect([handovers.owedTo(), values.owedTo(), heirs.lost]).toEqual([[heir], [heir], false]);
    standings[heir] = "gone";
    await clock.advance(100);
    expect([handovers.owedTo(), values.owedTo(), heirs.lost]).toEqual([[], [], true]);
    heirs.stop();
  });

  it("that are gone may have an heir of their own, a member, who comes for the values", async () => {
    const { clock, heirs, handovers, values } = watched({ [heir]: "gone" });
    handovers.take();
    await clock.advance(1_000);
    expect([values.owedTo(), heirs.lost]).toEqual([[heir], true]);
    values.take();
    expect(heirs.lost).toBe(false);
    heirs.stop();
  });

  it("are nobody any more where no other is a member, but one that leaves as well", async () => {
    const { clock, heirs, values } = watched({ [heir]: "gone", [other]: "there" });
    await clock.advance(100);
    expect([values.owedTo(), heirs.lost]).toEqual([[], true]);
    heirs.stop();
  });

  it("are looked at until it is told to stop", async () => {
    const { clock, heirs, watching } = watched({});
    await clock.advance(300);
    heirs.stop();
    await watching;
    await settled();
    expect(clock.pending).toBe(0);
  });
});
