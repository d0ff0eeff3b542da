// Every check of the repository, closed by one line: `N passed, N failed`.
// A tool counts as one check, a vitest test as one. A failing one does not keep the others from running.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { check, close, count, run, script } from "./checks.mjs";

const vitestReport = "node_modules/.cache/vitest-report.json";

await check("types", () => script("build"));
await check("lint, format and the core's purity", () => script("check"));
await check("impure code in the core is found", findsImpurity);
await check("arrows between packages", () => script("arrows"));
await check("dead exports and dependencies", () => script("dead"));
await vitest().catch((error) => count(0, [`vitest: ${error.message}`]));
close();

// A lint rule that matches nothing looks just like a clean core.
async function findsImpurity() {
  const cwd = mkdtempSync(join(tmpdir(), "chordnet-impure-"));
  writeFileSync(
    `${cwd}/biome.json`,
    JSON.stringify({ root: true, plugins: [resolve("scripts/lint/pure.grit")] }),
  );
  for (const impurity of [
    "Date.now()",
    "new Date()",
    "Math.random()",
    "Promise.resolve(1)",
    "async () => 1",
  ]) {
    writeFileSync(`${cwd}/impure.ts`, `export const found: unknown = ${impurity};\n`);
    const verdict = await run("biome", ["lint", "impure.ts"], { cwd }).catch((error) => error.message);
    if (!verdict.includes("The core is pure"))
      throw new Error(`biome let this pass: ${impurity}\n${verdict}`);
  }
  rmSync(cwd, { recursive: true });
}

// Two reporters: one to read along, one to count. A skipped test counts as failed: nobody looks at it again.
async function vitest() {
  rmSync(vitestReport, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${vitestReport}`];
  const ended = await run("vitest", ["run", ...reporters], { live: true, limitMs: 1_500_000 }).catch(
    (error) => error,
  );
  const files = existsSync(vitestReport) ? JSON.parse(readFileSync(vitestReport, "utf8")).testResults : [];
  const tests = files.flatMap((file) => file.assertionResults);
  const failures = [
    ...files
      .filter((file) => file.assertionResults.length === 0)
      .map((file) => `${file.name}: ${file.message}`),
    ...tests.filter((test) => test.status !== "passed").map((test) => `${test.fullName} (${test.status})`),
  ];
  // Such as an error that no test caught, or a handle that kept a worker alive.
  if (ended instanceof Error && failures.length === 0) failures.push(ended.message.trim());
  // However well it ended: what ran nothing, or tells nobody what, has tested nothing.
  if (tests.length === 0) failures.push("vitest reports no tests");
  count(tests.filter((test) => test.status === "passed").length, failures);
}
