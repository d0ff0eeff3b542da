import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RawSocket } from "../../src/driver.js";
import { Reading } from "../../src/link/reading.js";

const rates = { frames: 1_000, bytes: 100_000 };

/** A connection at its beginning, and whether its socket is read. */
function connection() {
  const socket = {
    reads: true,
    pause: () => {
      socket.reads = false;
    },
    resume: () => {
      socket.reads = true;
    },
  };
  return { socket, reading: new Reading(socket as unknown as RawSocket) };
}

describe("whether a connection is read", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("waits for the pace and for the owner, whichever takes longer", () => {
    const { socket, reading } = connection();
    expect(reading.spend(250, 0, rates)).toBe(false);
    expect(socket.reads).toBe(true);
    expect(reading.spend(100, 0, rates)).toBe(true);
    reading.pause();
    reading.resume();
    expect(socket.reads).toBe(false);
    reading.pause();
    vi.advanceTimersByTime(100);
    expect(socket.reads).toBe(false);
    reading.resume();
    expect(socket.reads).toBe(true);
  });

  it("rests longer for what still comes, and says once that it does", () => {
    const { socket, reading } = connection();
    expect(reading.spend(350, 0, rates)).toBe(true);
    expect(reading.spend(100, 0, rates)).toBe(false);
    vi.advanceTimersByTime(199);
    expect(socket.reads).toBe(false);
    vi.advanceTimersByTime(1);
    expect(socket.reads).toBe(true);
  });

  it("is read to its end, whoever stopped it, and leaves no timer", () => {
    const { socket, reading } = connection();
    reading.pause();
    reading.spend(350, 0, rates);
    reading.free();
    expect(socket.reads).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
