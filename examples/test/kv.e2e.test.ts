import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, expect, it } from "vitest";

const program = fileURLToPath(new URL("../kv/node.mjs", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "chordnet-kv-"));
const nodes: ChildProcess[] = [];

afterEach(() => Promise.all(nodes.splice(0).map(killed)));
afterAll(() => rmSync(root, { recursive: true }));

interface Node {
  readonly process: ChildProcess;
  readonly address: string;
  readonly url: string;
}

/** Starts a node; resolves when it is a member, and listens. */
async function started(folder: string, listen: string, ...seeds: ReadonlyArray<string>): Promise<Node> {
  const child = spawn(process.execPath, [program, "0", listen, join(root, folder), ...seeds], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  nodes.push(child);
  const [line] = await once(createInterface(child.stdout), "line");
  const [ready, address, url] = String(line).split(" ");
  expect(ready).toBe("ready");
  return { process: child, address: String(address), url: String(url) };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

it("keeps values at any node, and has them when all were killed and are back", {
  timeout: 120_000,
}, async () => {
  const any = "tcp://127.0.0.1:0";
  const first = await started("1", any);
  const ring = [first, await started("2", any, first.address), await started("3", any, first.address)];
  const [one, two, three] = ring.map(({ url }) => url) as [string, string, string];

  const put = (url: string, body: string | Uint8Array) => fetch(url, { method: "PUT", body });
  const version = await (await put(`${one}/user%3A42`, "Ada ☼")).text();
  expect(Number(await (await put(`${two}/user%3A42`, "Grace ☼")).text())).toBeGreaterThan(Number(version));
  expect(await (await fetch(`${three}/user%3A42`)).text()).toBe("Grace ☼");
  expect((await put(`${one}/large`, new Uint8Array(1_048_577))).status).toBe(413);
  expect((await put(`${one}/`, "nameless")).status).toBe(400);
  expect((await fetch(`${two}/nobody`)).status).toBe(404);
  expect((await fetch(`${two}/%zz`)).status).toBe(400);
  expect((await fetch(`${two}/user`, { method: "POST", body: "x" })).status).toBe(405);
  await put(`${one}/gone`, "x");
  expect((await fetch(`${three}/gone`, { method: "DELETE" })).status).toBe(200);

  await Promise.all(ring.map(({ process }) => killed(process)));
  const seeds = ring.map(({ address }) => address);
  const again = await Promise.all(seeds.map((address, i) => started(`${i + 1}`, address, ...seeds)));
  for (const { url } of again) {
    expect(await (await fetch(`${url}/user%3A42`)).text()).toBe("Grace ☼");
    expect((await fetch(`${url}/gone`)).status).toBe(404);
  }
});
