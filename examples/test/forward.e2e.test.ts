import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";

const program = fileURLToPath(new URL("../forward/node.mjs", import.meta.url));
const nodes: ChildProcess[] = [];
afterEach(() => {
  for (const node of nodes.splice(0)) node.kill("SIGKILL");
});

interface Node {
  readonly process: ChildProcess;
  readonly address: string;
  readonly url: string;
}

/** Starts a node; resolves when it is a member, and listens. */
async function started(...seeds: ReadonlyArray<string>): Promise<Node> {
  const child = spawn(process.execPath, [program, "0", "tcp://127.0.0.1:0", ...seeds], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  nodes.push(child);
  const [line] = await once(createInterface(child.stdout), "line");
  const [ready, address, url] = String(line).split(" ");
  expect(ready).toBe("ready");
  return { process: child, address: String(address), url: String(url) };
}

it("any node takes a request, the owner answers it; when that one is killed the next does", async () => {
  const first = await started();
  const ring = [first, await started(first.address), await started(first.address)];

  const put = await fetch(`${first.url}/carts/ada`, { method: "POST", body: "a lamp ☼" });
  expect(put.status).toBe(200);
  const owner = put.headers.get("x-answered-by");
  for (const { url } of ring) {
    const got = await fetch(`${url}/carts/ada`);
    expect(got.headers.get("x-answered-by")).toBe(owner);
    expect(got.headers.get("content-type")).toBe("application/json");
    expect(await got.json()).toEqual(["a lamp ☼"]);
  }

  const broken = request(`${ring[1]?.url}/carts/broken`, { method: "POST" });
  const over = new Promise((resolve) => broken.once("close", resolve));
  broken.on("error", () => undefined); // it is this side that goes, in the middle of its body
  await new Promise<unknown>((resolve) => broken.write("x".repeat(100_000), resolve));
  broken.destroy();
  await over;

  const large = "x".repeat(3_000_000); // streamed: more than either side holds at once
  const sent = await fetch(`${ring[1]?.url}/carts/large`, { method: "POST", body: large });
  expect(await sent.json()).toEqual([large]);

  ring.find(({ address }) => address === owner)?.process.kill("SIGKILL");
  const left = ring.filter(({ address }) => address !== owner);
  for (const { url } of left) {
    const got = await fetch(`${url}/carts/ada`);
    expect(got.status).toBe(200);
    expect(left.map(({ address }) => address)).toContain(got.headers.get("x-answered-by"));
  }
});
