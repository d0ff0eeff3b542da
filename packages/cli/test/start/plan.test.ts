import { describe, expect, it } from "vitest";
import { dialUrl, listenUrl } from "../../src/arguments.js";
import { beginning, nodeOptions } from "../../src/start/plan.js";

const listen = [listenUrl("tcp://127.0.0.1:7001")];
const common = { listen, leaveTimeoutMs: 5000 };
const seed = dialUrl("tcp://127.0.0.1:7002");
const silent = (): void => undefined;

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
    const options = await nodeOptions({ ...common, intervalMs: 500, minMembers: 2 }, {}, silent);
    expect(options).toMatchObject({ intervalMs: 500, minMembers: 2 });
    expect(options.bits).toBeUndefined();
  });

  it("ask for no more members than a node can see", async () => {
    const options = { ...common, minMembers: 10 };
    await expect(nodeOptions(options, {}, silent)).rejects.toMatchObject({
      status: 2,
      message: "--min-members 10 is more than a node sees: 9 at most, one more than --successors",
    });
    expect(await nodeOptions({ ...options, successors: 9 }, {}, silent)).toMatchObject({ minMembers: 10 });
  });

  it("take further listeners for clients, of any scheme", async () => {
    const options = await nodeOptions(
      { ...common, listen: [...listen, listenUrl("ws://127.0.0.1:0")] },
      {},
      silent,
    );
    expect(options.clientTransports).toHaveLength(1);
  });

  it("are told with a warning where everybody who reaches the node can take part", async () => {
    const warnings = async (url: string, insecure?: true): Promise<string[]> => {
      const warned: string[] = [];
      const typed = { ...common, listen: [listenUrl(url)], ...(insecure && { insecure }) };
      await nodeOptions(typed, { CHORDNET_SECRET: "0123456789abcdef" }, (message) => warned.push(message));
      return warned;
    };
    for (const url of ["tcp://127.0.0.1:1", "tcp://[::1]:1", "ws://localhost:1", "tls://10.0.0.5:1"])
      expect(await warnings(url)).toEqual([]);
    expect(await warnings("tcp://10.0.0.5:1")).toEqual([expect.stringContaining("lets everybody in")]);
    expect(await warnings("ws://node-1.example.org:1")).toHaveLength(1);
    expect(await warnings("tcp://10.0.0.5:1", true)).toEqual([]);
  });
});
