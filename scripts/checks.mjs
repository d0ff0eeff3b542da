// Counts checks, shows what each said when it fails, and writes the closing line that CI reads.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, resolve } from "node:path";

const binFolder = resolve("node_modules/.bin");
const tally = { passed: 0, failed: 0, failures: [] };

/** Runs one check. It fails by throwing; its message is all that is shown. */
export async function check(name, body) {
  const start = performance.now();
  try {
    await body();
    tally.passed += 1;
    report("ok", name, start);
  } catch (error) {
    tally.failed += 1;
    tally.failures.push(name);
    report("FAILED", name, start);
    console.log(indent(error instanceof Error ? error.message : String(error)));
  }
}

/** Adds what another runner counted, with the names of what failed there. */
export function count(passed, failures) {
  tally.passed += passed;
  tally.failed += failures.length;
  tally.failures.push(...failures);
}

/** Names the failures, prints `N passed, N failed` as the last line and sets the exit status. */
export function close() {
  for (const name of tally.failures) console.log(`failed: ${name}`);
  process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1;
  console.log(`${tally.passed} passed, ${tally.failed} failed`);
}

/** Runs a script of package.json, so that what the checks run and what a person runs is one text. */
export function script(name) {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  return run("sh", ["-c", scripts[name]]);
}

/**
 * Runs a command, tools of node_modules/.bin first. Gives what it printed; throws that if the status is not 0 or
 * it runs longer than `limitMs`. `live` lets the output through instead; `input` is its standard input.
 */
export function run(command, args, { cwd, env, input, live = false, limitMs = 300_000 } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, PATH: `${binFolder}${delimiter}${process.env.PATH}`, ...env },
    stdio: [input === undefined ? "ignore" : "pipe", live ? "inherit" : "pipe", live ? "inherit" : "pipe"],
    // A group of its own, so that past the limit its children end with it.
    detached: true,
  });
  const output = [];
  child.stdout?.on("data", (chunk) => output.push(chunk));
  child.stderr?.on("data", (chunk) => output.push(chunk));
  child.stdin?.end(input);
  return new Promise((done, fail) => {
    const limit = setTimeout(() => {
      process.kill(-child.pid, "SIGKILL");
      fail(new Error(`${command} ${args.join(" ")}: still running after ${limitMs} ms\n${printed(output)}`));
    }, limitMs);
    child.on("error", fail);
    child.on("close", (status, signal) => {
      clearTimeout(limit);
      if (status === 0) done(printed(output));
      else fail(new Error(`${command} ended with ${signal ?? `status ${status}`}\n${printed(output)}`));
    });
  });
}

function printed(output) {
  return Buffer.concat(output).toString("utf8");
}

function report(verdict, name, start) {
  console.log(`${verdict.padEnd(6)} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

function indent(text) {
  return text.replace(/^/gm, "    ");
}
