// Checks what users get: the packages as packed tarballs, installed into an empty project by npm, used from ES
// modules, CommonJS, TypeScript and a bundler, on every Node from the oldest supported to the newest.
// It closes with one line: `N passed, N failed`.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { check, close, run } from "./checks.mjs";

const nodeVersions = ["20.19.0", "20", "22", "24", "26"];
const work = mkdtempSync(join(tmpdir(), "chordnet-packed-"));
const project = join(work, "project");
const packages = readdirSync("packages")
  .map((folder) => ({ folder: join("packages", folder), manifest: manifestOf(join("packages", folder)) }))
  .filter(({ manifest }) => manifest.private !== true);

await check("the packages build", () => run("tsc", ["-b", ...packages.map(({ folder }) => folder)]));
for (const one of packages) {
  await check(`${one.manifest.name} packs`, () => pack(one));
  if (one.tarball !== undefined) await checkTarball(one);
}
await check("an empty project installs the tarballs", install);
await check("TypeScript accepts the packed types", () => run("tsc", ["-p", "."], { cwd: project }));
await check("a browser bundle builds without Node's modules, and runs", bundle);
for (const version of nodeVersions) await onNode(version);
rmSync(work, { recursive: true, force: true });
close();

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

async function pack(one) {
  const destination = join(work, "tarballs");
  mkdirSync(destination, { recursive: true });
  const before = new Set(readdirSync(destination));
  await run("npx", ["-y", "pnpm@12.21.0", "pack", "--pack-destination", destination], { cwd: one.folder });
  const written = readdirSync(destination).filter((file) => !before.has(file));
  if (written.length !== 1) throw new Error(`expected one tarball, got: ${written.join(", ")}`);
  one.tarball = join(destination, written[0]);
}

async function checkTarball({ manifest, tarball }) {
  await check(`${manifest.name}: publint`, async () => {
    const data = readFileSync(tarball);
    const { messages, pkg } = await publint({
      pack: { tarball: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) },
      strict: true,
    });
    if (messages.length > 0)
      throw new Error(messages.map((message) => formatMessage(message, pkg)).join("\n"));
  });
  // A package without a module to import, such as the command line, has no types to be wrong.
  if (Object.keys(manifest.exports).every((entry) => entry === "./package.json")) return;
  await check(`${manifest.name}: are the types wrong`, () => run("attw", ["--profile", "esm-only", tarball]));
}

// The overrides let the packages find each other's tarballs, which no registry has yet.
async function install() {
  cpSync("scripts/consumer", project, { recursive: true });
  const tarballs = Object.fromEntries(
    packages.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]),
  );
  const manifest = {
    name: "consumer",
    private: true,
    dependencies: tarballs,
    devDependencies: { "@types/node": "^20.19.0" },
    overrides: Object.fromEntries(Object.keys(tarballs).map((name) => [name, `$${name}`])),
  };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  await run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: project });
  for (const { manifest } of packages) {
    const copies = await run("npm", ["ls", manifest.name, "--all", "--parseable"], { cwd: project });
    const folders = copies.split("\n").filter((line) => line.endsWith(`node_modules/${manifest.name}`));
    if (folders.length !== 1)
      throw new Error(`${manifest.name} is there ${folders.length} times:\n${copies}`);
  }
}

async function bundle() {
  const { metafile } = await build({
    absWorkingDir: project,
    entryPoints: ["browser.mjs"],
    outfile: "bundle.js",
    bundle: true,
    minify: true,
    metafile: true,
    format: "iife",
    platform: "browser",
    logLevel: "silent",
  });
  const forNode = Object.keys(metafile.inputs).filter((path) =>
    /node_modules\/ws\/|\/dist\/node\//.test(path),
  );
  if (forNode.length > 0) throw new Error(`the bundle holds code for Node:\n${forNode.join("\n")}`);
  const address = await run(process.execPath, ["page.mjs"], { cwd: project, limitMs: 60_000 });
  if (address !== "memory://page") throw new Error(`the page's ring named ${address}`);
  console.log(`       the bundle: ${(metafile.outputs["bundle.js"].bytes / 1024).toFixed(0)} KiB, minified`);
}

async function onNode(version) {
  const node = await nodeOf(version);
  if (node === null) {
    console.log(`NOT CHECKED: Node ${version} was not to be had from the registry`);
    return;
  }
  const onThisNode = { cwd: project, limitMs: 60_000 };
  const release = (await run(node, ["--version"])).trim();
  await check(`Node ${release}: import`, () => run(node, ["use.mjs"], onThisNode));
  await check(`Node ${release}: require`, () => run(node, ["use.cjs"], onThisNode));
  await check(`Node ${release}: the command line`, () =>
    run(node, [join("node_modules", "@chordnet", "cli", "bin", "chordnet.js"), "--help"], onThisNode),
  );
}

async function nodeOf(version) {
  if (process.versions.node.split(".")[0] === version) return process.execPath;
  const folder = join(work, `node-${version}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  const node = resolve(folder, "node_modules/node/bin/node");
  try {
    await run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", `node@${version}`], {
      cwd: folder,
    });
    return existsSync(node) ? node : null;
  } catch (error) {
    console.log(error.message);
    return null;
  }
}
