import { readdirSync, readFileSync } from "node:fs";
import type { SeedTrouble } from "@chordnet/core";
import type { FailureReason } from "@chordnet/transport";
import { expect, it } from "vitest";
import { ChordNetError, errorCodes } from "../src/index.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

it("the README explains every code, with its fault", () => {
  const rows = new Map(
    [...readme.matchAll(/^\| `([A-Z_]+)` +\| (\w+) +\|/gm)].map(([, code, fault]) => [code, fault]),
  );
  expect([...rows.keys()].sort()).toEqual([...errorCodes].sort());
  const data = {
    seeds: [],
    reason: "",
    detail: "",
    address: "",
    phase: "",
    what: "",
    received: "",
    addresses: [],
  };
  for (const code of errorCodes) expect(new ChordNetError(code, data as never).fault).toBe(rows.get(code));
});

/** What the state machine says of a seed. */
const ofTheMachine: Readonly<Record<SeedTrouble, true>> = {
  refused: true,
  unreachable: true,
  rejected: true,
  silent: true,
  "not-member": true,
  "no-owner": true,
  "id-taken": true,
};

/** What a link says of it. A time that is over is told as `silent`; a seed is no client that has gone. */
const ofLinks: Readonly<Record<Exclude<FailureReason, "timeout" | "unknown-peer">, true>> = {
  refused: true,
  unreachable: true,
  reset: true,
  closed: true,
  rejected: true,
  protocol: true,
  overloaded: true,
  oversized: true,
  backoff: true,
  "bad-address": true,
  self: true,
};

/** Said by the library itself. */
const ofJoining = ["not-admitted", "failed", "empty"];

/** Why one side does not accept the other's hello: those that the protocol lists, and those that stand in the code. */
function ofRefusals(): ReadonlyArray<string> {
  const protocol = readFileSync(new URL("../../../docs/PROTOCOL.md", import.meta.url), "utf8");
  const section = protocol.slice(protocol.indexOf("### Refusal\n"), protocol.indexOf("### Changes\n"));
  const listed = [...section.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(([, code = ""]) => code);
  const folders = [
    "../src/links/",
    "../../transport/src/",
    "../../transport-tcp/src/",
    "../../transport-ws/src/",
  ];
  const sources = folders.flatMap((folder) => {
    const at = new URL(folder, import.meta.url);
    return readdirSync(at, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.startsWith("conformance"))
      .map((file) => readFileSync(new URL(file, at), "utf8"));
  });
  sources.push(readFileSync(new URL("../src/hello.ts", import.meta.url), "utf8"));
  const written = sources.flatMap((source) =>
    [...source.matchAll(/\bcode: "([a-z-]+)"/g)].map(([, code = ""]) => code),
  );
  expect(written.length).toBeGreaterThan(10);
  // The first two are causes in a detail; the third refuses a message, not a connection.
  const others = new Set(["timeout", "unreachable", "unsupported"]);
  return [...listed, ...written].filter((code) => !others.has(code));
}

it("the README explains every reason for which a seed can't be used, and no other", () => {
  const start = readme.indexOf("### Why a seed can't be used");
  const section = readme.slice(start, readme.indexOf("\n## ", start));
  const explained = [...section.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, reason]) => reason),
  );
  const possible = [...Object.keys(ofTheMachine), ...Object.keys(ofLinks), ...ofJoining, ...ofRefusals()];
  expect(new Set(explained).size).toBe(explained.length);
  expect([...explained].sort()).toEqual([...new Set(possible)].sort());
});
