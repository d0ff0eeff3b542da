import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { prometheus } from "@chordnet/metrics";
import { memoryStorage } from "@chordnet/storage";
import { Network } from "@chordnet/transport-memory";
import { ChordNet } from "chordnet";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Admin } from "../../src/start/admin/admin.js";
import { admin, connectionsMax } from "../../src/start/admin/admin.js";
import { measuring } from "../../src/start/admin/measuring.js";
import { readiness } from "../../src/start/admin/readiness.js";

const closing: Array<() => Promise<void>> = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function attended(
  network = new Network(),
  name = "a",
  host = "127.0.0.1",
  quotaBytes: number | undefined = undefined,
) {
  const metrics = prometheus();
  const store = { storage: memoryStorage({ quotaBytes }) };
  const ring = new ChordNet({ transport: network.transport({ name }), intervalMs: 200, metrics, store });
  metrics.watch(ring);
  closing.push(() => ring.close());
  const desk = await admin({ host, port: 0 }, ring, metrics);
  closing.push(desk.close);
  return {
    ring,
    metrics,
    desk,
    ask: (path: string, options?: RequestInit) => fetch(`${desk.url}${path}`, options),
  };
}

async function said(answer: Promise<Response>) {
  const response = await answer;
  return [response.status, await response.text()] as const;
}

/** The names of fields and the types of values; a list is as its first. */
function formOf(value: unknown): unknown {
  if (Array.isArray(value)) return [formOf(value[0])];
  if (typeof value !== "object" || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, formOf(of)]));
}

describe("what operators are told", () => {
  it("a node is alive from the first, and ready when it is a member", async () => {
    const { ring, ask } = await attended();
    expect(await said(ask("/healthz"))).toEqual([200, "ok\n"]);
    expect(await said(ask("/readyz"))).toEqual([503, "not ready: idle\n"]);
    await ring.create();
    expect(await said(ask("/readyz"))).toEqual([200, "ready: a member of chordnet\n"]);
    await ring.close();
    expect(await said(ask("/readyz"))).toEqual([503, "not ready: closed\n"]);
  });

  it("a node without room for values is alive, and says so", async () => {
    const { ring, ask } = await attended(new Network(), "a", "127.0.0.1", 1_000);
    await ring.create();
    await ring.store.put("user:42", new Uint8Array(20));
    expect(await said(ask("/healthz"))).toEqual([200, "ok\n"]);
    await expect(ring.store.put("user:43", new Uint8Array(2_000))).rejects.toThrow("no room at memory://a");
    const { since = 0 } = ring.status().values?.noRoom ?? {};
    const told = `no room for values since ${new Date(since).toISOString()}: the quota is used up`;
    expect(await said(ask("/healthz"))).toEqual([200, `ok, but ${told}\n`]);
    expect(await said(ask("/readyz"))).toEqual([200, "ready: a member of chordnet\n"]);
    const [, page] = await said(ask("/ring", { headers: { accept: "text/html" } }));
    expect(page).toContain(`<p class="trouble">${told}</p>`);
    expect(JSON.parse((await said(ask("/ring")))[1])).toMatchObject({
      self: { values: { noRoom: { reason: "quota", since } } },
    });
    await ring.store.put("user:42", new Uint8Array(21));
    expect(await said(ask("/healthz"))).toEqual([200, "ok\n"]);
  });

  it("the process and its event loop, beside the node", async () => {
    const { registry } = await measuring();
    const median = /^nodejs_eventloop_lag_p50_seconds (.*)$/m;
    // What was collected is not told again: so there must be time for the loop to be looked at.
    const looked = { interval: 500, timeout: 10_000 };
    const seconds = await vi.waitFor(async () => {
      const [, found] = median.exec(await registry.metrics()) ?? [];
      expect(found).toMatch(/^[0-9.]+$/);
      return Number(found);
    }, looked);
    expect(seconds).toBeGreaterThan(0.04);
    expect(seconds).toBeLessThan(1);
    const text = await registry.metrics();
    for (const series of ["process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"])
      expect(text).toMatch(new RegExp(`^${series} [0-9.]+$`, "m"));
  });

  it("a port that is taken, with what to do", async () => {
    const { ring, desk } = await attended();
    const at = { host: "127.0.0.1", port: Number(new URL(desk.url).port) };
    await expect(admin(at, ring, prometheus())).rejects.toThrow(/another process does; choose another port/);
    await expect(admin({ host: "192.0.2.1", port: 0 }, ring, prometheus())).rejects.toThrow(
      /no address of this machine/,
    );
  });

  it("a member without a lease is not ready", async () => {
    const { ring } = await attended();
    await ring.create();
    const status = ring.status();
    const lapsed = { ...status, nodes: status.nodes.map((node) => ({ ...node, claim: null })) };
    expect(readiness(lapsed)).toEqual({ ready: false, reason: "not ready: memory://a has no lease" });
    const few = { ...lapsed, nodes: lapsed.nodes.map((node) => ({ ...node, tooFewMembers: true })) };
    const reason = "not ready: too-few-members: memory://a sees fewer than --min-members";
    expect(readiness(few)).toEqual({ ready: false, reason });
  });

  it("the ring, as JSON for programs and as a page for people", async () => {
    const network = new Network();
    const [a, b] = [await attended(network, "a"), await attended(network, "b")];
    await a.ring.create();
    await b.ring.join("memory://a");
    const json = (await (await a.ask("/ring")).json()) as {
      nodes: Array<{ address: string }>;
      trouble: null;
    };
    expect(json.nodes.map(({ address }) => address).sort()).toEqual(["memory://a", "memory://b"]);
    expect(json.trouble).toBeNull();
    const [status, page] = await said(a.ask("/ring", { headers: { accept: "text/html" } }));
    expect(status).toBe(200);
    expect(page).toContain(">memory://b</td>");
  });

  it("the ring, in the form that the README shows", async () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    const section = readme.slice(readme.indexOf("### The ring as JSON"));
    const shown = formOf(JSON.parse(/```json\n(.*?)```/s.exec(section)?.[1] ?? ""));
    const network = new Network();
    const [a, b] = [await attended(network, "a"), await attended(network, "b")];
    await a.ring.create();
    await b.ring.join("memory://a");
    await vi.waitFor(async () => {
      const [, json] = await said(a.ask("/ring"));
      // What is in memory only has no port.
      const told = JSON.parse(json.replaceAll('"port":null', '"port":0')) as object;
      expect(formOf({ ...told, self: {} })).toEqual(shown);
    });
  });

  it("who is no member says what is wrong instead of the ring", async () => {
    const { ask } = await attended();
    const answer = await ask("/ring");
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      nodes: [],
      trouble: expect.stringContaining("not a member"),
    });
  });

  it("metrics in the text format", async () => {
    const { ring, ask } = await attended();
    await ring.create();
    const answer = await ask("/metrics");
    expect(answer.headers.get("content-type")).toContain("text/plain");
    expect(await answer.text()).toMatch(/^chordnet_member 1$/m);
  });

  it("nothing else, and nothing can be changed", async () => {
    const { ask } = await attended();
    expect((await ask("/else")).status).toBe(404);
    expect((await ask("/ring", { method: "POST" })).status).toBe(405);
  });

  it("a path that is no URL's changes nothing", async () => {
    const { desk, ask } = await attended();
    const { port } = new URL(desk.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.end("GET // HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 404 /);
    expect(await said(ask("/healthz"))).toEqual([200, "ok\n"]);
  });

  it("who asks nothing, or half of something, gives up its place within some seconds", async () => {
    const { desk } = await attended();
    const port = Number(new URL(desk.url).port);
    const sockets = ["", "GET /healthz HTTP/1.1\r\n"].map((words) => {
      const socket = connect(port, "127.0.0.1").resume();
      socket.write(words);
      return socket;
    });
    await Promise.all(sockets.map((socket) => once(socket, "close")));
  });

  it("who looks at the same time is told of one walk", async () => {
    const { ring } = await attended();
    await ring.create();
    let walks = 0;
    let goOn = (): void => undefined;
    const looked = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const node: Parameters<typeof admin>[1] = {
      status: () => ring.status(),
      async *walk(options) {
        walks += 1;
        await looked;
        yield* ring.walk(options);
      },
    };
    const desk = await admin({ host: "127.0.0.1", port: 0 }, node, prometheus());
    closing.push(desk.close);
    const answers = [1, 2, 3].map(() => said(fetch(`${desk.url}/ring`)));
    expect(await said(fetch(`${desk.url}/healthz`))).toEqual([200, "ok\n"]);
    goOn();
    expect((await Promise.all(answers)).map(([status]) => status)).toEqual([200, 200, 200]);
    expect(walks).toBe(1);
  });

  it("the first question of a connection, however many come behind it", async () => {
    const { ring, metrics } = await attended();
    let looks = 0;
    const node: Parameters<typeof admin>[1] = {
      status: () => {
        looks += 1;
        return ring.status();
      },
      walk: (options) => ring.walk(options),
    };
    const desk = await admin({ host: "127.0.0.1", port: 0 }, node, metrics);
    closing.push(desk.close);
    const socket = connect(Number(new URL(desk.url).port), "127.0.0.1");
    socket.write("GET /healthz HTTP/1.1\r\n");
    socket.end("Host: admin\r\n\r\nGET /healthz HTTP/1.1\r\nHost: admin\r\n\r\n");
    const answer = await text(socket).catch(() => "reset");
    expect(answer.match(/HTTP\/1\.1 200 OK/g)?.length ?? 1).toBe(1);
    expect(looks).toBe(1);
  });

  it.each([
    ["what is no HTTP", "hello\r\n\r\n", /^HTTP\/1\.1 400 /],
    [
      "a question for the head alone",
      "HEAD /healthz?x HTTP/1.0\r\n\r\n",
      /\r\nContent-Length: 3\r\n.*\r\n\r\n$/s,
    ],
    ["a question that is too long", `GET /${"x".repeat(9_000)}`, /^$/],
  ])("%s is answered, and the connection closed", async (_what, words, expected) => {
    const { desk } = await attended();
    const socket = connect(Number(new URL(desk.url).port), "127.0.0.1");
    socket.write(words);
    expect(await text(socket)).toMatch(expected);
  });

  it("no more connections than its bound", async () => {
    const { desk } = await attended();
    const { port } = new URL(desk.url);
    const idle = await Promise.all(
      Array.from({ length: connectionsMax }, async () => {
        const socket = connect(Number(port), "127.0.0.1");
        await once(socket, "connect");
        return socket;
      }),
    );
    expect(await said(fetch(`${desk.url}/healthz`)).catch(() => "refused")).toBe("refused");
    const closed = once(idle[0] as Socket, "close");
    idle[0]?.destroy();
    await closed;
    await vi.waitFor(async () => expect(await said(fetch(`${desk.url}/healthz`))).toEqual([200, "ok\n"]));
    for (const socket of idle) socket.destroy();
  });

  it("a port that is taken is told with the option's name", async () => {
    const { ring, desk } = await attended();
    const { port } = new URL(desk.url);
    const second: Promise<Admin> = admin({ host: "127.0.0.1", port: Number(port) }, ring, prometheus());
    await expect(second).rejects.toThrow(/^--admin cannot listen on 127\.0\.0\.1 port/);
  });
});
