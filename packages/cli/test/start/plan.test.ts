import { describe, expect, it } from "vitest";
import { dialUrl, listenUrl } from "../../src/arguments.js";
import { beginning, nodeOptions } from "../../src/start/plan.js";

const listen = [listenUrl("tcp://127.0.0.1:7001")];
const common = { listen, leaveTimeoutMs: 5000 };
const seed = dialUrl("tcp://127.0.0.1:7002");

describe("how a node begins", () => {
  it("creates, joins, or does what is needed", () => {
    expect(beginning({ ...common, create: true })).toEqual({ _tag: "Create" });
    expect(beginning({ ...common, join: [seed] })).toEqual({ _tag: "Join", seeds: [seed.text] });
    expect(beginning({ ...common, create: true, join: [seed] })).toEqual({
      _tag: "JoinOrCreate",
      seeds: [seed.text],
    });
  });

  it("may be told itself among its seeds, but not alone", () => {
    const own = dialUrl("tcp://127.0.0.1:7001");
    expect(beginning({ ...common, join: [own, seed] })._tag).toBe("Join");
    expect(beginning({ ...common, create: true, join: [own] })._tag).toBe("JoinOrCreate");
    expect(() => beginning({ ...common, join: [own] })).toThrow("cannot join itself");
    expect(beginning({ ...common, advertise: seed, join: [seed] })._tag).toBe("Join");
  });
});

describe("the node's options", () => {
  it("hold only what was typed: the rest is the ring's", async () => {
    const options = await nodeOptions({ ...common, intervalMs: 500 });
    expect(options).toMatchObject({ intervalMs: 500 });
    expect(options.bits).toBeUndefined();
  });

  it("take further listeners for clients, of any scheme", async () => {
    const options = await nodeOptions({ ...common, listen: [...listen, listenUrl("ws://127.0.0.1:0")] });
    expect(options.clientTransports).toHaveLength(1);
  });
});
