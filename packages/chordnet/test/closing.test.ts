import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** Each scene runs in a process of its own, which must end by itself: what is left open would keep it alive. */
const script = fileURLToPath(new URL("closing-scene.js", import.meta.url));
const scenes = [
  "idle",
  "alone",
  "ring",
  "left",
  "disposed",
  "joining",
  "opening",
  "failed",
  "watching",
  "client",
  "walking",
];
const limitMs = 10_000;

function ends(
  scene: string,
): Promise<{ readonly status: number | null; readonly output: string; readonly ms: number }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, scene], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let closedAt = 0;
    const onData = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes("closed")) closedAt ||= performance.now();
    };
    child.stdout.on("data", onData);
    child.stderr.on("data", onData);
    const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ status, output, ms: performance.now() - closedAt });
    });
  });
}

describe("after close() no handle is open", () => {
  it.each(scenes)(
    "%s",
    async (scene) => {
      const { status, output, ms } = await ends(scene);
      expect(output).toBe("closed\n");
      expect(status).toBe(0);
      expect(ms).toBeLessThan(1_000);
    },
    limitMs + 2_000,
  );
});
