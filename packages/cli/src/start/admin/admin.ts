import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Prometheus } from "@chordnet/metrics";
import type { ChordNet, NodeView, Status } from "chordnet";
import { failed, reasonOf } from "../../failure.js";
import { noRoom } from "../../no-room.js";
import { ringPage } from "./page.js";
import { readiness } from "./readiness.js";

/** Where operators look: loopback, unless they say otherwise. */
export interface AdminAddress {
  readonly host: string;
  readonly port: number;
}

export interface Admin {
  /** `http://host:port`, with the real port. */
  readonly url: string;
  close(): Promise<void>;
}

/** The node that is looked at. */
type Seen = Pick<ChordNet, "status" | "walk">;

/** What is answered: its kind, and its text. */
interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** The ring as far as it was walked, and why no further; null: it is all of it. */
interface Walk {
  readonly nodes: ReadonlyArray<NodeView>;
  readonly trouble: string | null;
}

/** Then a walk ends: what it found is told, and that it is not all. */
const walkMs = 5_000;

/** Who looks has no part in what the ring needs descriptors for. */
export const connectionsMax = 64;

/** Who connects and asks nothing, or takes no answer, gives its place to others after so long. */
const patience = {
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} as const;
const answerMs = 10_000;

/**
 * Answers operators and their machines over HTTP: `/metrics` for Prometheus, `/healthz` (the process runs, and what
 * little it lacks), `/readyz`
 * (a member that claims its range: 200, else 503 and why), `/ring` (JSON, or a page for browsers). Nothing can be
 * changed there.
 */
export async function admin(at: AdminAddress, node: Seen, metrics: Prometheus): Promise<Admin> {
  const walk = walking(node);
  const server = createServer(patience, (request, response) => {
    const [path = "/"] = (request.url ?? "/").split("?");
    const wantsPage = (request.headers.accept ?? "").includes("text/html");
    const allowed = request.method === "GET" || request.method === "HEAD";
    const answer = allowed
      ? answerTo(path, node, metrics, walk, wantsPage)
      : Promise.resolve(text(405, "only GET and HEAD are answered here\n"));
    void answer
      .catch((error: unknown) => text(500, `${reasonOf(error)}\n`))
      .then((told) => write(response, told));
  });
  // Also while a walk goes on nothing is said.
  server.setTimeout(walkMs + answerMs);
  server.maxConnections = connectionsMax;
  const { port } = await listen(server, at);
  return {
    url: `http://${at.host.includes(":") ? `[${at.host}]` : at.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerTo(
  path: string,
  node: Seen,
  metrics: Prometheus,
  walk: () => Promise<Walk>,
  wantsPage: boolean,
): Promise<Answer> {
  switch (path) {
    case "/metrics": {
      const { registry } = metrics;
      return { status: 200, type: registry.contentType, body: await registry.metrics() };
    }
    case "/healthz": {
      const trouble = noRoom(node.status());
      return text(200, trouble === null ? "ok\n" : `ok, but ${trouble}\n`);
    }
    case "/readyz": {
      const { ready, reason } = readiness(node.status());
      return text(ready ? 200 : 503, `${reason}\n`);
    }
    case "/":
    case "/ring":
      return ring(node.status(), await walk(), wantsPage);
    default:
      return text(404, "here are /metrics, /healthz, /readyz and /ring\n");
  }
}

function ring(self: Status, { nodes, trouble }: Walk, wantsPage: boolean): Answer {
  const status = trouble === null ? 200 : 503;
  if (wantsPage) return { status, type: "text/html; charset=utf-8", body: ringPage(self, nodes, trouble) };
  return { status, type: "application/json", body: `${JSON.stringify({ nodes, trouble, self })}\n` };
}

/** One walk at a time, however many look: who comes meanwhile is told the same. */
function walking(node: Seen): () => Promise<Walk> {
  let underWay: Promise<Walk> | null = null;
  return () => {
    underWay ??= walked(node).finally(() => {
      underWay = null;
    });
    return underWay;
  };
}

/** The ring as it is found by walking it from this node. */
async function walked(node: Seen): Promise<Walk> {
  const nodes: NodeView[] = [];
  try {
    for await (const view of node.walk({ timeoutMs: walkMs })) nodes.push(view);
    return { nodes, trouble: null };
  } catch (error) {
    return { nodes, trouble: reasonOf(error) };
  }
}

function text(status: number, body: string): Answer {
  return { status, type: "text/plain; charset=utf-8", body };
}

function write(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
  response.end(response.req.method === "HEAD" ? "" : body);
}

function adviceFor({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case "EADDRINUSE":
      return "another process does; choose another port, 0 for any";
    case "EACCES":
      return "this user may not; choose a port from 1024 on";
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return "that is no address of this machine; name one that is, or a port alone for loopback";
    default:
      return message;
  }
}

function listen(server: Server, { host, port }: AdminAddress): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(failed(`--admin cannot listen on ${host} port ${port}: ${adviceFor(error)}`)),
    );
    server.listen({ host, port }, () => resolve(server.address() as AddressInfo));
  });
}
