// Clients in a real browser: `pnpm test:browser`. Needs Chromium, at /usr/bin/chromium or where CHROMIUM says.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { tcp } from "@chordnet/transport-tcp";
import { ws } from "@chordnet/transport-ws";
import { ChordNet } from "chordnet";
import { build } from "esbuild";
import { chromium } from "playwright-core";

const host = "127.0.0.1";
const keys = Array.from({ length: 100 }, (_, i) => `key ${i}`);
const closing = [];
let passed = 0;
let failed = 0;

/** The page, with its script: bundled as for any browser, so that nothing of Node may be left in it. */
async function page() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("page.js", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "es2022",
  });
  const script = outputFiles[0].text;
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : "<!doctype html><title>ChordNet</title><script src=/page.js></script>");
  }).listen(0, host);
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const flags = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking";
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [...flags.split(" "), "--disable-component-update", "--disable-sync"],
  });
  closing.push(() => browser.close());
  const opened = await browser.newPage();
  opened.on("pageerror", (error) => console.log("in the page:", error));
  await opened.goto(`http://${host}:${server.address().port}/`);
  return { opened, bytes: script.length };
}

/** Members that join one another; each of the options makes one. */
async function ring(...options) {
  const nodes = [];
  for (const each of options) {
    const node = new ChordNet({ intervalMs: 100, ...each });
    closing.push(() => node.close());
    if (nodes.length === 0) await node.create();
    else await node.join(nodes[0].address);
    nodes.push(node);
  }
  return nodes;
}

async function check(name, body) {
  try {
    await body();
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
}

async function ownersBy(node) {
  const owners = {};
  for (const key of keys) owners[key] = (await node.lookup(key)).address;
  return owners;
}

try {
  const { opened, bytes } = await page();
  console.log(`bundled: ${bytes} bytes`);

  await check("a client in a browser finds what the members of a WebSocket ring find", async () => {
    const listening = () => ({ transport: ws({ host, port: 0 }) });
    const nodes = await ring(listening(), listening(), listening());
    const via = nodes.map(({ address }) => address);
    const told = await opened.evaluate(([some, all]) => window.asClient(some, all), [via, keys]);
    assert.deepEqual(told.owners, await ownersBy(nodes[1]));
    assert.deepEqual([told.phase, told.ring, told.late], ["member", "chordnet", "CLOSED"]);
    await nodes[0].close();
    const next = await opened.evaluate(([some, all]) => window.asClient(some, all), [via, keys.slice(0, 10)]);
    assert.equal(Object.keys(next.owners).length, 10);
  });

  await check("a ring over TCP has a door for browsers", async () => {
    const port = await freePort();
    const withDoor = { transport: tcp({ host, port: 0 }), clientTransports: [ws({ host, port })] };
    const nodes = await ring(withDoor, { transport: tcp({ host, port: 0 }) });
    const door = `ws://${host}:${port}`;
    const told = await opened.evaluate(([some, all]) => window.asClient(some, all), [door, keys]);
    assert.deepEqual(told.owners, await ownersBy(nodes[1]));
  });

  await check("a node that is not there is told as such", async () => {
    const { code, message } = await opened.evaluate(
      (via) => window.asStranger(via),
      `ws://${host}:${await freePort()}`,
    );
    assert.equal(code, "NO_SEED");
    assert.match(message, /no connection/);
  });

  await check("a whole ring runs inside a page", async () => {
    const owners = await opened.evaluate((names) => window.asRing(names), ["a", "b", "c"]);
    assert.equal(owners.length, 3);
    assert.equal(new Set(owners).size, 1);
  });
} finally {
  for (const close of closing.reverse()) await close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function freePort() {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
