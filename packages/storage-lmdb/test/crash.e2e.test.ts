import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { defaultRing } from "@chordnet/core";
import { afterAll, describe, expect, it } from "vitest";
import { lmdbStorage } from "../src/index.js";

const writer = fileURLToPath(new URL("writer.mjs", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "chordnet-crash-"));
const everything = { start: 0n, end: 0n } as never;
const page = { after: null, entriesMax: 1000, bytesMax: 1e9 };

afterAll(() => rmSync(root, { recursive: true }));

async function linesOf(child: ChildProcess, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) onLine(line);
}

describe.each(["always", "interval"] as const)("sync: %s, killed at any moment", (sync) => {
  it("has everything that was acknowledged when it is opened again, whole", async () => {
    const path = join(root, sync);
    const acknowledged = new Map<number, number>();
    for (const killAfter of [1, 3, 10, 40, 100, 250]) {
      const since = Math.max(0, ...acknowledged.values()) + 1;
      const child = spawn(process.execPath, [writer, path, sync, `${since}`], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const exit = once(child, "exit");
      let seen = 0;
      await linesOf(child, (line) => {
        const [slot, version] = line.split(" ").map(Number) as [number, number];
        acknowledged.set(slot, version);
        seen += 1;
        if (seen === killAfter) child.kill("SIGKILL");
      });
      expect(await exit).toEqual([null, "SIGKILL"]);
      const volume = await lmdbStorage({ path, sync }).open(defaultRing);
      const { items } = await volume.entries(everything, page);
      const versions = new Map(items.map(({ key, version }) => [key[0], version]));
      for (const [slot, version] of acknowledged)
        expect(versions.get(slot), `slot ${slot}`).toBeGreaterThanOrEqual(version);
      await volume.close();
    }
  });
});

const mounting = (script: string): [string, string[]] => [
  "unshare",
  ["--user", "--map-root-user", "--mount", "sh", "-c", script],
];

/** A file system of its own takes a system that lets users make one: Linux, mostly. */
const canMount = spawnSync(...mounting(`mount -t tmpfs tmpfs ${root}`)).status === 0;

it.runIf(canMount)("a full disk fails the write, and takes neither reads nor deletes along", async () => {
  const run = `exec ${process.execPath} ${writer} ${root}/data always 1`;
  const child = spawn(...mounting(`mount -t tmpfs -o size=1m tmpfs ${root} && ${run}`), {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = once(child, "exit");
  const told = text(child.stderr);
  let last = "";
  await linesOf(child, (line) => {
    last = line;
  });
  expect(last).toBe("full, 32 read, and written again");
  expect(await exit).toEqual([0, null]);
  // A line, and no stack: whoever wrote has the error.
  expect(await told).toMatch(/^Write error: No space left on device[^\n]*\n$/);
});
