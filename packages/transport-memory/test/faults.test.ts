import type { Endpoint, LinkLimits, TransportEvent } from "@chordnet/transport";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Network } from "../src/network.js";

let network: Network;
const endpoints = new Set<Endpoint>();

interface Node {
  readonly endpoint: Endpoint;
  readonly events: TransportEvent[];
  /** The first event of this kind, past or to come. */
  event(tag: TransportEvent["_tag"]): Promise<TransportEvent>;
}

const open = async (name?: string, limits: Partial<LinkLimits> = {}): Promise<Node> => {
  const events: TransportEvent[] = [];
  const waiting = new Set<() => void>();
  const endpoint = await network.transport(name === undefined ? undefined : { name }).open({
    incarnation: 1,
    describe: () => new Uint8Array(0),
    versions: [1, 1],
    judge: () => null,
    onEvent: (event) => {
      events.push(event);
      for (const look of [...waiting]) look();
    },
    limits,
  });
  endpoints.add(endpoint);
  const event = (tag: TransportEvent["_tag"]): Promise<TransportEvent> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = events.find(({ _tag }) => _tag === tag);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { endpoint, events, event };
};

beforeEach(() => {
  network = new Network();
});

afterEach(async () => {
  await Promise.all([...endpoints].map((endpoint) => endpoint.close()));
  endpoints.clear();
});

const frame = Uint8Array.of(1, 2, 3);

describe("Network", () => {
  it("knows nothing of other networks", async () => {
    await open("a");
    network = new Network();
    const b = await open("b");
    b.endpoint.send("memory://a", frame);
    expect(await b.event("SendFailed")).toMatchObject({ reason: "refused" });
    expect((await open("a")).endpoint.address).toBe("memory://a");
  });

  it.each(["", "A", "a:1", "a/b"])("has no host named %j", async (name) => {
    await expect(open(name)).rejects.toMatchObject({ code: "bad-address" });
  });

  it("is silent where it is cut, and delivers afterwards what was on its way", async () => {
    const [a, b] = [await open("a"), await open("b", { dialTimeoutMs: 20 })];
    a.endpoint.send("memory://b", frame);
    await b.event("Frame");
    network.cut("a", "b");
    b.endpoint.send("memory://a", frame);
    // Whatever b does meanwhile gets through to others, and not to a.
    const c = await open("c");
    b.endpoint.send("memory://c", frame);
    await c.event("Frame");
    expect(a.events.map(({ _tag }) => _tag)).toEqual(["Connected"]);
    network.heal();
    await a.event("Frame");
  });

  it("lets dials to who is cut off time out", async () => {
    const a = await open("a", { dialTimeoutMs: 20 });
    await open("b");
    network.cut("b");
    a.endpoint.send("memory://b", frame);
    expect(await a.event("SendFailed")).toMatchObject({ reason: "timeout" });
  });

  it("does not wait for who is cut off where whoever dials has given up before", async () => {
    network.cut("b");
    const dialled = await network
      .driver()
      .dial("memory://b", { timeoutMs: 60_000, signal: AbortSignal.abort() });
    expect(dialled).toMatchObject({ left: { reason: "timeout" } });
  });

  it("delays what is written from now on", async () => {
    const [a, b] = [await open("a"), await open("b")];
    a.endpoint.send("memory://b", frame);
    await b.event("Frame");
    b.events.length = 0;
    network.delayMs = 30;
    const since = performance.now();
    a.endpoint.send("memory://b", frame);
    await b.event("Frame");
    // A timer may be early by the rounding of its clock.
    expect(performance.now() - since).toBeGreaterThan(28);
  });

  it("lets a node crash: without goodbye, refusing from then on, and free to start again", async () => {
    const [a, b] = [await open("a"), await open("b")];
    a.endpoint.send("memory://b", frame);
    await b.event("Frame");
    network.crash("a");
    expect(await b.event("Disconnected")).toMatchObject({ reason: "reset" });
    b.endpoint.send("memory://a", frame);
    expect(await b.event("SendFailed")).toMatchObject({ reason: "refused" });
    a.endpoint.send("memory://b", frame);
    expect(await a.event("SendFailed")).toMatchObject({ reason: "unreachable" });
    expect((await open("a")).endpoint.address).toBe("memory://a");
    network.crash("nobody");
  });
});
