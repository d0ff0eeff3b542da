import { readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { ws } from "../src/browser.js";

/** As it is for the module at `entry`: what a package depends on need not be this one's. */
const resolved = (specifier: string, entry: string): string => {
  const found = createRequire(entry).resolve(specifier);
  return isBuiltin(found) ? found : pathToFileURL(found).href;
};

/** Every module that a bundler would take along. */
const reachable = (entry: string, found: Map<string, string>): Map<string, string> => {
  // Examples in comments import what they like.
  const source = readFileSync(new URL(entry), "utf8").replaceAll(/\/\*.*?\*\//gs, "");
  for (const [, specifier = ""] of source.matchAll(/(?:from|import) "([^"]+)"/g)) {
    const url = specifier.startsWith(".") ? new URL(specifier, entry).href : resolved(specifier, entry);
    if (found.has(specifier) || found.has(url)) continue;
    found.set(url, specifier);
    if (url.startsWith("file:") && url.includes("/packages/")) reachable(url, found);
  }
  return found;
};

describe("ws in a browser", () => {
  it("needs neither Node's modules nor the package ws", () => {
    const entry = new URL("../dist/browser.js", import.meta.url).href;
    const specifiers = [...reachable(entry, new Map()).values()];
    expect(specifiers).toContain("@chordnet/transport");
    expect(specifiers.filter((specifier) => specifier === "ws" || isBuiltin(specifier))).toEqual([]);
  });

  it("does not listen", async () => {
    const opening = ws({ host: "127.0.0.1", port: 0 }).open({
      incarnation: 1,
      describe: () => new Uint8Array(0),
      versions: [1, 1],
      judge: () => null,
      onEvent: () => undefined,
    });
    await expect(opening).rejects.toMatchObject({ code: "bad-options" });
  });
});
