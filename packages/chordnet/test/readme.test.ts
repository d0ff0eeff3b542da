import { readFileSync } from "node:fs";
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
