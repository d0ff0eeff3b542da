import { createServer, type Server } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it } from "vitest";
import { dialAddresses, dialNet } from "../../src/node/dial-net.js";

const open = new Set<{ destroy(): void } | Server>();

const listening = (host: string, port = 0): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer((socket) => void open.add(socket)).listen({ host, port }, () => {
      const bound = server.address();
      resolve(typeof bound === "object" && bound !== null ? bound.port : 0);
    });
    open.add(server);
  });

const closedPort = async (): Promise<number> => {
  const port = await listening("127.0.0.1");
  await closeAll();
  return port;
};

const closeAll = async (): Promise<void> => {
  const closing = [...open].map((resource) =>
    "destroy" in resource ? resource.destroy() : new Promise((resolve) => resource.close(resolve)),
  );
  open.clear();
  await Promise.all(closing);
};

afterEach(closeAll);

const options = { timeoutMs: 1_000, signal: new AbortController().signal };

const outcome = async (dialled: ReturnType<typeof dialNet>): Promise<string> => {
  const result = await dialled;
  if (result._tag === "Left") return result.left.reason;
  open.add(result.right);
  return `connected to ${result.right.remoteAddress}`;
};

/** The system refuses to dial it, without sending anything. */
const unreachable = "255.255.255.255";

describe("dialNet", () => {
  it("connects to names and addresses", async () => {
    const port = await listening("127.0.0.1");
    for (const host of ["127.0.0.1", "localhost"]) {
      expect(await outcome(dialNet(host, port, options))).toBe("connected to 127.0.0.1");
    }
  });

  it("keeps nothing of the attempt for as long as the connection lasts", async () => {
    setFlagsFromString("--expose-gc");
    const collect: () => void = runInNewContext("gc");
    const port = await listening("127.0.0.1");
    const dialled = async (): Promise<WeakRef<AbortSignal>> => {
      const { signal } = new AbortController();
      expect(await outcome(dialNet("127.0.0.1", port, { timeoutMs: 1_000, signal }))).toContain("connected");
      return new WeakRef(signal);
    };
    const signal = await dialled();
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(signal.deref()).toBeUndefined();
  });

  it("tries each address of a name", async () => {
    const port = await listening("127.0.0.1");
    expect(await outcome(dialAddresses(["::1", unreachable, "127.0.0.1"], port, options))).toBe(
      "connected to 127.0.0.1",
    );
  });

  it("is refused only by all addresses together", async () => {
    const port = await closedPort();
    expect(await outcome(dialAddresses(["::1", "127.0.0.1"], port, options))).toBe("refused");
    expect(await outcome(dialAddresses(["127.0.0.1", unreachable], port, options))).toBe("unreachable");
    expect(await outcome(dialAddresses(["127.0.0.1"], port, { ...options, timeoutMs: 0 }))).toBe("timeout");
  });

  it("does not take a name without address for a dead peer", async () => {
    // No label has more than 63 bytes: this is known without asking anybody.
    expect(await outcome(dialNet("x".repeat(64), 1, options))).toBe("unreachable");
    expect(await dialNet("x".repeat(64), 1, options)).toMatchObject({
      left: { detail: `${"x".repeat(64)}: unknown node or service` },
    });
  });

  it("gives up when it is told to", async () => {
    const abort = new AbortController();
    abort.abort();
    const port = await listening("127.0.0.1");
    expect(await outcome(dialNet("127.0.0.1", port, { timeoutMs: 1_000, signal: abort.signal }))).toBe(
      "timeout",
    );
  });
});
