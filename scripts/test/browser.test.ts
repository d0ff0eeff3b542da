import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { root } from "./repository.js";

interface Simulator {
  lossy(seed: number): object;
  simulate(scenario: object): { readonly traceHash: string };
}

const simulator = `${root}packages/simulator/dist/index.js`;

describe("the simulator in a browser's bundle", () => {
  it("goes the same way as in Node, to the last message", async () => {
    const contents = `import { lossy, simulate } from "${simulator}"; globalThis.hash = simulate(lossy(7)).traceHash;`;
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: root },
      bundle: true,
      minify: true,
      write: false,
      format: "iife",
      platform: "browser",
    });
    // What a page has in common with Node, of all that a simulation needs: no timers, no clock, nothing of Node.
    const page: Record<string, unknown> = { TextDecoder, TextEncoder, URL };
    runInNewContext(outputFiles[0]?.text ?? "", page);
    const { lossy, simulate } = (await import(simulator)) as Simulator;
    expect(page.hash).toBe(simulate(lossy(7)).traceHash);
  });
});
