import type { AddressInfo, Server, Socket } from "node:net";
import type { Prometheus } from "@chordnet/metrics";
import type { ChordNet, NodeView } from "chordnet";
import { failed, reasonOf } from "../../failure.js";
import { noRoom } from "../../no-room.js";
import { type Answer, oneQuestionServer, type Question, text } from "./desk.js";
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

/** The ring as far as it was walked, and why no further; null: it is all of it. */
interface Walk {
  readonly nodes: ReadonlyArray<NodeView>;
  readonly trouble: string | null;
}

/** Each is made for all who ask at once. */
interface CostlyAnswers {
  readonly metrics: () => Promise<Answer>;
  readonly page: () => Promise<Answer>;
  readonly json: () => Promise<Answer>;
}

/** Then a walk ends: what it found is told, and that it is not all. */
const walkMs = 5_000;

/** Who looks has no part in what the ring needs descriptors for. */
export const connectionsMax = 64;

/** For how long an answer that costs something is given again to whoever else asks. */
const freshMs = 100;

/**
 * Answers operators and their machines over HTTP: `/metrics` for Prometheus, `/healthz` (the process runs, and what
 * little it lacks), `/readyz` (a member that claims its range: 200, else 503 and why), `/ring` (JSON, or a page for
 * browsers). Nothing can be changed there.
 */
export async function admin(at: AdminAddress, node: Seen, metrics: Prometheus): Promise<Admin> {
  const costly = costlyAnswers(node, metrics);
  const server = oneQuestionServer((question) =>
    answerTo(question, node, costly).catch((error: unknown) => text(500, `${reasonOf(error)}\n`)),
  );
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.maxConnections = connectionsMax;
  const { port } = await listen(server, at);
  return {
    url: `http://${at.host.includes(":") ? `[${at.host}]` : at.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function answerTo(
  { method, path, accept }: Question,
  node: Seen,
  { metrics, page, json }: CostlyAnswers,
): Promise<Answer> {
  if (method !== "GET" && method !== "HEAD") return text(405, "only GET and HEAD are answered here\n");
  switch (path) {
    case "/metrics":
      return metrics();
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
      return accept.includes("text/html") ? page() : json();
    default:
      return text(404, "here are /metrics, /healthz, /readyz and /ring\n");
  }
}

function costlyAnswers(node: Seen, { registry }: Prometheus): CostlyAnswers {
  const walk = shared(() => walked(node));
  return {
    metrics: shared(async () => ({
      status: 200,
      type: registry.contentType,
      body: await registry.metrics(),
    })),
    page: shared(async () => {
      const { nodes, trouble } = await walk();
      const body = ringPage(node.status(), nodes, trouble);
      return { status: statusOf(trouble), type: "text/html; charset=utf-8", body };
    }),
    json: shared(async () => {
      const { nodes, trouble } = await walk();
      const body = `${JSON.stringify({ nodes, trouble, self: node.status() })}\n`;
      return { status: statusOf(trouble), type: "application/json", body };
    }),
  };
}

function statusOf(trouble: string | null): number {
  return trouble === null ? 200 : 503;
}

/** Made once at a time, however many ask: who comes meanwhile is told the same, or a moment later. */
function shared<A>(make: () => Promise<A>): () => Promise<A> {
  let last: Promise<A> | null = null;
  const forget = (): void => {
    last = null;
  };
  return () => {
    last ??= make().finally(() => setTimeout(forget, freshMs).unref());
    return last;
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
