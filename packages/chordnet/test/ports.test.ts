import { describe, expect, it } from "vitest";
import { OwnClock, pooled, systemClock, systemRandom } from "../src/ports.js";
import { FakeClock } from "./fake-clock.js";

describe("a clock of one's own", () => {
  it("tells the time of the other, and its timers end together", async () => {
    const clock = new FakeClock();
    const own = new OwnClock(clock);
    const woken: number[] = [];
    own.after(10, () => woken.push(1));
    own.after(20, () => woken.push(2))();
    own.after(30, () => woken.push(3));
    await clock.advance(15);
    expect([woken, own.now(), own.wall() - clock.wall()]).toEqual([[1], 15, 0]);
    own.cancelAll();
    await clock.advance(100);
    expect([woken, clock.pending]).toEqual([[1], 0]);
  });
});

describe("the system's clock", () => {
  it("wakes, unless cancelled, and does not wake at once for what lies too far ahead", async () => {
    const woken: string[] = [];
    const cancel = systemClock.after(2 ** 40, () => woken.push("far"));
    systemClock.after(1, () => woken.push("cancelled"))();
    await new Promise<void>((resolve) => systemClock.after(5, resolve));
    cancel();
    expect(woken).toEqual([]);
    expect(Math.abs(systemClock.wall() - Date.now())).toBeLessThan(1_000);
  });

  it("asks for random bytes in advance, and gives none of them twice", () => {
    let asked = 0;
    const random = pooled((bytes) => {
      for (let i = 0; i < bytes.length; i += 1) bytes[i] = asked++ & 255;
    }, 8);
    const drawn = [3, 3, 3, 8, 9].map((length) => {
      const bytes = new Uint8Array(length);
      random(bytes);
      return [...bytes];
    });
    expect(drawn.slice(0, 3)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
      [8, 9, 10],
    ]);
    expect(new Set(drawn.flat()).size).toBe(3 + 3 + 3 + 8 + 9);
  });

  it("has bytes that nobody can guess", () => {
    const [one, other] = [new Uint8Array(16), new Uint8Array(16)];
    systemRandom(one);
    systemRandom(other);
    expect(one).not.toEqual(other);
  });
});
