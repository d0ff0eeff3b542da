import { fileURLToPath } from "node:url";
import { createContext, Script } from "node:vm";
import { buildSync } from "esbuild";
import { describe, expect, it } from "vitest";

// The built core with all that it imports, as one script, in contexts that have nothing but the language: what a host
// adds is missing, and a look at a clock or at chance throws.
const built = fileURLToPath(new URL("../dist/index.js", import.meta.url));
const [bundle] = buildSync({
  entryPoints: [built],
  bundle: true,
  write: false,
  format: "iife",
  globalName: "core",
  platform: "neutral",
  mainFields: ["module", "main"],
}).outputFiles;
const program = new Script(`"use strict"; ${bundle?.text}; globalThis.core = core;`);

const bare = new Script(`
  for (const name of ["console", "WebAssembly", "SharedArrayBuffer", "Atomics"]) delete globalThis[name];
  globalThis.Date = undefined;
  globalThis.Promise = undefined;
  Math.random = () => { throw new Error("chance") };
`);

/** Two processes, one with virtual nodes: create, join, lookups and a leave, each message through the wire. */
const run = new Script(`(() => {
  const config = core.configure({ ...core.defaultRing, intervalMs: 100, leaseMs: 225 });
  const wire = core.codec({ space: config.space, naming: config.naming });
  const codecs = core.messageCodecs({ space: config.space, naming: config.naming });
  const log = [];
  const hosts = {};
  const start = (url, incarnation, virtualNodes) => {
    hosts[url] = core.initialProcess(config, { url, incarnation, virtualNodes, seed: [1, 2, 3, incarnation], at: 0, wall: 0 });
  };
  const happen = (url, node, event, at) => {
    const [next, outcomes] = core.stepProcess(hosts[url], node, { ...event, at, wall: at });
    hosts[url] = next;
    for (const { node: from, effects } of outcomes) {
      for (const effect of effects) {
        if (effect._tag !== "Send") { log.push([at, url, from, effect]); continue; }
        const to = core.processAddress(effect.to);
        const frame = wire.encode({ from, to: core.virtualIndex(effect.to), message: effect.message });
        log.push([at, url, from, Array.from(frame).join(" "), core.toJson(codecs, effect.message)]);
        const { right } = wire.decode(frame);
        const sender = core.virtualAddress(url, right.from);
        mail.push([to, right.to, { _tag: "Received", from: sender, incarnation: hosts[url].incarnation, client: false, message: right.message }]);
      }
    }
  };
  const mail = [];
  start("memory://a", 1, 1);
  start("memory://b", 2, 2);
  for (let at = 0; at < 3000; at += 10) {
    if (at === 0) happen("memory://a", 0, { _tag: "CreateRequested", operation: 1 }, at);
    if (at === 100) happen("memory://b", 0, { _tag: "JoinRequested", operation: 2, seeds: ["memory://a"], orCreate: false }, at);
    if (at > 1000 && at <= 2000 && at % 50 === 0) {
      const target = core.hashText(config.space, "sha256", "key " + at);
      happen("memory://a", 0, { _tag: "LookupRequested", operation: at, target, deadline: at + 500, mode: at % 100 === 0 ? "recursive" : "iterative" }, at);
    }
    if (at === 2500) happen("memory://b", 0, { _tag: "LeaveRequested", operation: 3, deadline: 2900 }, at);
    for (const [to, node, event] of mail.splice(0)) happen(to, node, event, at);
    for (const url of Object.keys(hosts)) {
      const due = core.nextProcessDeadline(hosts[url]);
      if (due !== null && due <= at) happen(url, null, { _tag: "Ticked" }, at);
    }
  }
  return JSON.stringify(log, (_, value) => typeof value === "bigint" ? value.toString(16) : value);
})()`);

function runAlone(): ReadonlyArray<readonly unknown[]> {
  const context = createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
  bare.runInContext(context);
  program.runInContext(context);
  return JSON.parse(run.runInContext(context, { timeout: 20_000 }));
}

describe("the built core, without any host", () => {
  it("runs, and twice with the same effects", () => {
    const first = runAlone();
    expect(runAlone()).toEqual(first);
    const settled = first.map((entry) => entry[3]).filter(isSettled);
    const outcomes = settled.map(({ operation, result }) => [operation, result._tag]);
    const lookups = Array.from({ length: 20 }, (_, i) => [1050 + 50 * i, "Right"]);
    expect(outcomes).toEqual([[1, "Right"], [2, "Right"], ...lookups, [3, "Right"]]);
  });
});

interface Settled {
  readonly operation: number;
  readonly result: { readonly _tag: string };
}

function isSettled(effect: unknown): effect is Settled {
  return typeof effect === "object" && effect !== null && "_tag" in effect && effect._tag === "Settled";
}
