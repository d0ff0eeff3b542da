import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { processStops, type Stops, stopping } from "../../src/start/stopping.js";

/** What a process's signals are told to, without a process. */
function signals(): NodeJS.Process {
  return new EventEmitter() as NodeJS.Process;
}

describe("a process's requests to stop", () => {
  it("that come before anybody listens are kept for who does, once", async () => {
    const process = signals();
    const stops = processStops(process, true);
    process.emit("SIGTERM");
    const told: string[] = [];
    const forget = stops.onRequest((request) => told.push(request));
    await Promise.resolve();
    process.emit("SIGINT");
    forget();
    expect(told).toEqual(["SIGTERM", "SIGINT"]);
    expect(process.eventNames()).toEqual([]);
  });

  it("are the system's business where nobody will listen", () => {
    const process = signals();
    processStops(process, false);
    expect(process.eventNames()).toEqual([]);
  });
});

describe("stopping", () => {
  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["disconnect", 143],
  ])(
    "leaves in peace at %s, however often it comes at once, and ends at a later request",
    async (name, status) => {
      const exits: number[] = [];
      let now = 5_000;
      let request: (name: string) => void = () => undefined;
      const stops: Stops = {
        onRequest: (listener) => {
          request = listener;
          return () => {
            request = () => undefined;
          };
        },
        exit: (status) => exits.push(status),
      };
      const stop = stopping(stops, () => now);
      expect(stop.signal.aborted).toBe(false);
      request(name);
      expect(await stop.requested).toBe(name);
      expect(stop.signal.aborted).toBe(true);
      request("SIGTERM");
      now += 999;
      request("SIGINT");
      expect(exits).toEqual([]);
      now += 1;
      request("SIGINT");
      expect(exits).toEqual([status]);
      stop.forget();
      request("SIGINT");
      expect(exits).toEqual([status]);
    },
  );
});
