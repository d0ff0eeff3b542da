import { describe, expect, it } from "vitest";
import { Emitter } from "../../src/events/emitter.js";
import { silentLogger } from "../../src/ports.js";

describe("events", () => {
  it("come in order, after the code that noticed them, also when listeners call back", async () => {
    const logged: string[] = [];
    const emitter = new Emitter({ ...silentLogger, error: (message) => logged.push(message) });
    const told: string[] = [];
    emitter.on("isolated", ({ node }) => {
      told.push(`first ${node}`);
      if (node === 0) emitter.emit("isolated", { node: 9 });
      throw new Error("harms nobody");
    });
    const stop = emitter.on("isolated", ({ node }) => {
      told.push(`second ${node}`);
      if (node === 1) stop();
    });
    emitter.emit("isolated", { node: 0 });
    emitter.later(() => told.push("later"));
    emitter.emit("isolated", { node: 1 });
    emitter.emit("seedFailed", { seed: "", reason: "", detail: "" });
    told.push("noticed");
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual(["noticed", "first 0", "second 0", "later", "first 1", "second 1", "first 9"]);
    expect(logged).toHaveLength(3);
  });

  it("a listener whose promise rejects is logged, and harms nobody", async () => {
    const logged: unknown[] = [];
    const emitter = new Emitter({ ...silentLogger, error: (_, error) => logged.push(error) });
    const reason = new Error("later");
    const listener: unknown = () => Promise.reject(reason);
    emitter.on("isolated", listener as () => void);
    emitter.emit("isolated", { node: 0 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(logged).toEqual([reason]);
  });

  it("one listener may be there twice, and each stops alone", async () => {
    const emitter = new Emitter(silentLogger);
    let calls = 0;
    const listener = (): void => {
      calls += 1;
    };
    const stop = emitter.on("isolated", listener);
    emitter.on("isolated", listener);
    emitter.emit("isolated", { node: 0 });
    stop();
    await Promise.resolve();
    expect(calls).toBe(1);
  });
});
