import type { Id } from "@chordnet/core";
import { arcsOf, space } from "@chordnet/core";
import { describe, expect, it } from "vitest";
import { Debts } from "../../src/handover/debts.js";
import { FakeClock, settled } from "../fake-clock.js";

const passed = {
  ...{ start: 10n as Id, end: 20n as Id },
  ...{ epoch: 1, peer: "memory://heir" },
};

function debts() {
  const clock = new FakeClock();
  return { clock, debts: new Debts(clock, arcsOf(space(16))) };
}

describe("what others have not taken yet", () => {
  it("is waited for by all who ask when it is paid", async () => {
    const { debts: owing } = debts();
    owing.owe(passed, 1_000);
    const heard: string[] = [];
    for (const name of ["leave", "another leave"]) void owing.paid().then(() => heard.push(name));
    owing.taken("memory://other", passed);
    await settled();
    expect(heard).toEqual([]);
    owing.taken("memory://heir", passed);
    await settled();
    expect(heard).toEqual(["leave", "another leave"]);
  });

  it("is owed no longer when its time is over, when it came back, or when nobody is going to take it", async () => {
    const { clock, debts: owing } = debts();
    owing.owe(passed, 1_000);
    await clock.advance(1_000);
    await owing.paid();
    owing.owe(passed, 1_000);
    owing.cameBack({ start: 15n as Id, end: 16n as Id });
    await owing.paid();
    const owed = owing.owe(passed, 1_000);
    expect(owing.isIdle(owed)).toBe(true);
    owing.asked("memory://heir", passed);
    expect(owing.isIdle(owed)).toBe(false);
    owing.writeOff(owed);
    await owing.paid();
    expect(clock.pending).toBe(0);
  });

  it("is owed no longer to those that are gone", async () => {
    const { debts: owing } = debts();
    owing.owe(passed, 1_000);
    expect(owing.owedTo()).toEqual(["memory://heir"]);
    expect(owing.writeOffAll(new Set(["memory://other"]))).toBe(false);
    expect(owing.writeOffAll(new Set(["memory://heir"]))).toBe(true);
    await owing.paid();
    expect(owing.owedTo()).toEqual([]);
  });

  it("is of each peer and range apart: who is written off, or has taken it, is no other", async () => {
    const { clock, debts: owing } = debts();
    const gone = owing.owe({ ...passed, peer: "memory://gone" }, 1_000);
    owing.owe(passed, 1_000);
    owing.owe({ ...passed, start: 20n as Id, end: 30n as Id }, 1_000);
    const left = (): number => clock.pending;
    owing.writeOff(gone);
    expect(left()).toBe(2);
    owing.writeOff(gone);
    owing.taken("memory://gone", { start: 0n as Id, end: 40n as Id });
    expect(left()).toBe(2);
    owing.taken("memory://heir", passed);
    expect(left()).toBe(1);
    // Half of it is not all of it.
    owing.taken("memory://heir", { start: 20n as Id, end: 25n as Id });
    expect(left()).toBe(1);
    owing.cameBack({ start: 29n as Id, end: 35n as Id });
    await owing.paid();
    expect(left()).toBe(0);
  });
});
