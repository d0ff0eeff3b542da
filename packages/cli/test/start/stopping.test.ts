import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { processStops, stopping } from "../../src/start/stopping.js";

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
  it("leaves in peace at the first request and ends at once at the second", async () => {
    const exits: number[] = [];
    let request: (name: string) => void = () => undefined;
    const stop = stopping({
      onRequest: (listener) => {
        request = listener;
        return () => {
          request = () => undefined;
        };
      },
      exit: (status) => exits.push(status),
    });
    expect(stop.signal.aborted).toBe(false);
    request("SIGTERM");
    expect(await stop.requested).toBe("SIGTERM");
    expect(stop.signal.aborted).toBe(true);
    expect(exits).toEqual([]);
    request("SIGINT");
    expect(exits).toEqual([130]);
    stop.forget();
    request("SIGINT");
    expect(exits).toEqual([130]);
  });
});
