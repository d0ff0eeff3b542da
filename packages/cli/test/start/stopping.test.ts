import { describe, expect, it } from "vitest";
import { stopping } from "../../src/start/stopping.js";

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
