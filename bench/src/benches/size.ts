import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { type Figure, figure, held } from "../figures/figure.js";
import { turns } from "../figures/rounds.js";

/** What a page that asks a ring may load at most, minified and compressed. */
export const bundleBytesMax = 106_000;

/** What a browser loads, and how long a program waits for its import. */
export async function size({ rounds }: { readonly rounds: number }): Promise<Figure[]> {
  const { imported, empty } = await turns(
    {
      imported: () => Promise.resolve(startMs('import "chordnet"')),
      empty: () => Promise.resolve(startMs("")),
    },
    rounds,
  );
  const bytes = await bundleBytes();
  const ms = { unit: "ms", of: (each: number) => each } as const;
  const took = imported.map((each, round) => each - (empty[round] ?? 0));
  return [
    figure("core, runtime and WebSocket for browsers, minified and gzipped", bytes / 1000, "KB", {
      of: "value",
      most: bundleBytesMax / 1000,
    }),
    held("import of chordnet, in a new process", ms, took, "an empty program", empty),
  ];
}

/** Of all that a client in a browser needs, as a bundler leaves it. */
export async function bundleBytes(): Promise<number> {
  const contents = 'export { ChordNet } from "chordnet"; export { ws } from "@chordnet/transport-ws";';
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL("../..", import.meta.url)) },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
  });
  return gzipSync(outputFiles[0]?.contents ?? new Uint8Array(0), { level: 9 }).length;
}

/** How long Node takes to run a module. */
function startMs(source: string): number {
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", source], { cwd });
  if (status !== 0) throw new Error(String(stderr));
  return performance.now() - begin;
}
