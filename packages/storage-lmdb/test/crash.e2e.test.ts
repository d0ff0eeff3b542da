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
const filler = fileURLToPath(new URL("filler.mjs", import.meta.url));
const opener = fileURLToPath(new URL("opener.mjs", import.meta.url));
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

/** The last line it says, and how it ended, on a file system of this size. */
async function runOn(size: string, run: string): Promise<{ last: string; exit: unknown; told: string }> {
  const child = spawn(
    ...mounting(`mount -t tmpfs -o size=${size} tmpfs ${root} && exec ${process.execPath} ${run}`),
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const exit = once(child, "exit");
  const told = text(child.stderr);
  let last = "";
  await linesOf(child, (line) => {
    last = line;
  });
  return { last, exit: await exit, told: await told };
}

describe.runIf(canMount)("a full disk", () => {
  it("fails the write, and takes neither reads nor deletes along", async () => {
    expect(await runOn("1m", `${writer} ${root}/data always 1`)).toEqual({
      last: "full, 32 read, and written again",
      exit: [0, null],
      told: "",
    });
  });

  it("never takes the process down, and has room again for what is put in the place of what is deleted", async () => {
    const { last, exit, told } = await runOn("3m", `${filler} ${root}/data`);
    expect({ exit, told }).toEqual({ exit: [0, null], told: "" });
    const { filled, rounds, deleted, put, lost } = JSON.parse(last);
    expect({ rounds, deleted, lost }).toEqual({ rounds: 20, deleted: 20 * 100, lost: 0 });
    expect(filled).toBeGreaterThan(250);
    // Some pages lie too far apart for a value, the more the longer it goes.
    expect(put).toBeGreaterThan(0.8 * deleted);
  });

  it("fails the opening of a folder, which needs room to begin with", async () => {
    expect(await runOn("8m", `${opener} ${root}`)).toEqual({
      last: JSON.stringify({ fresh: ["opened", "full"], old: ["opened", "full"] }),
      exit: [0, null],
      told: "",
    });
  });
});
