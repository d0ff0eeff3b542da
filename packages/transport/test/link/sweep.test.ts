import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { resolveLimits } from "../../src/limits.js";
import { Ages } from "../../src/link/ages.js";
import type { Link } from "../../src/link/link.js";
import { Sweep } from "../../src/link/sweep.js";

/** An open connection, and what becomes of it. */
function connection() {
  const told: string[] = [];
  const link = {
    phase: "open",
    ages: new Ages(),
    writing: { blocked: false },
    cut: (reason: string) => told.push(`cut: ${reason}`),
    leave: (reason: string) => told.push(`left: ${reason}`),
  };
  const sweep = new Sweep(new Set([link as unknown as Link]), resolveLimits());
  sweep.start();
  return { told, link, sweep };
}

/** So many seconds in which the process is awake twice in each, for something else. */
function restless(sweep: Sweep, seconds: number): void {
  for (let i = 0; i < 2 * seconds; i += 1) {
    vi.advanceTimersByTime(500);
    sweep.awake(performance.now());
  }
}

describe("a sweep", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("wakes a process seldom, and looks once a second where that is awake", () => {
    const { link, sweep } = connection();
    const look = vi.spyOn(link.ages, "passed");
    vi.advanceTimersByTime(60_000);
    expect(look).toHaveBeenCalledTimes(15);
    restless(sweep, 60);
    expect(look).toHaveBeenCalledTimes(15 + 60);
  });

  it("cuts what does not drain, and not before it had its time", () => {
    const alone = connection();
    vi.advanceTimersByTime(3_999);
    alone.link.writing.blocked = true;
    vi.advanceTimersByTime(5_000);
    expect(alone.told).toEqual([]);
    vi.advanceTimersByTime(4_000);
    expect(alone.told).toEqual(["cut: timeout"]);
    const { told, link, sweep } = connection();
    link.writing.blocked = true;
    restless(sweep, 5);
    expect(told).toEqual([]);
    restless(sweep, 1);
    expect(told).toEqual(["cut: timeout"]);
  });

  it("closes what is idle, however seldom it looks", () => {
    const alone = connection();
    vi.advanceTimersByTime(68_000);
    expect(alone.told).toEqual(["left: idle"]);
    const { told, sweep } = connection();
    restless(sweep, 61);
    expect(told).toEqual([]);
    restless(sweep, 1);
    expect(told).toEqual(["left: idle"]);
  });

  it("takes an hour in which the process was stopped for no more than a wake", () => {
    const { told, link, sweep } = connection();
    link.writing.blocked = true;
    restless(sweep, 1);
    sweep.awake(performance.now() + 3_600_000);
    expect(told).toEqual([]);
    expect(link.ages.deafMs).toBe(5_000);
  });
});
