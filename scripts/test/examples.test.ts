import assert from "node:assert";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { describe, expect, it } from "vitest";
import { root, textOf } from "./repository.js";

/**
 * Every example of a docstring or a README runs, and is true. There are three kinds:
 *
 * - one between fences runs as it stands, in node, once its types are taken out; a README's is checked with them;
 * - one without, in a docstring, may use all that its package, its folder and its file export, its file under its name,
 *   `assert` and fp-ts's `Either`;
 * - one for a test runner stands in a test, line by line, but for its imports.
 */

interface Example {
  readonly where: string;
  readonly package: string;
  readonly file: string;
  readonly code: string;
  readonly kind: "plain" | "scoped" | "tested";
}

/** The examples of these use packages that are built upon theirs. */
const builtUpon: Readonly<Record<string, string>> = {
  transport: "chordnet",
  "transport-memory": "chordnet",
  "transport-tcp": "chordnet",
  "transport-ws": "chordnet",
};

const { left, right, isLeft, isRight } = createRequire(`${root}packages/core/`)(
  "fp-ts/lib/Either.js",
) as Readonly<Record<string, unknown>>;

const fenced = /^```ts\n(.*?)^```$/gms;

const packages = readdirSync(`${root}packages`);
const documented = packages.flatMap((name) => [
  ...(existsSync(`${root}packages/${name}/README.md`) ? inReadme(name) : []),
  ...filesOf(`packages/${name}/src`).flatMap((file) => inSource(name, file)),
]);

function filesOf(folder: string): ReadonlyArray<string> {
  return readdirSync(`${root}${folder}`, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
}

function inReadme(name: string): ReadonlyArray<Example> {
  const file = `packages/${name}/README.md`;
  return [...textOf(file).matchAll(fenced)].map(([, code = ""], i) =>
    example(name, file, `README ${i + 1}`, code),
  );
}

function inSource(name: string, file: string): ReadonlyArray<Example> {
  const text = textOf(`packages/${name}/src/${file}`);
  return [...text.matchAll(/^ *\* @example\n((?: *\*(?: .*)?\n)+?) *\*(?:\/| @)/gm)].map((match) => {
    const said = (match[1] ?? "").replaceAll(/^ *\* ?/gm, "");
    const where = `${file}:${text.slice(0, match.index).split("\n").length}`;
    const code = [...said.matchAll(fenced)][0]?.[1];
    return code === undefined
      ? { where: `${name} ${where}`, package: name, file, code: said, kind: "scoped" }
      : example(name, file, where, code);
  });
}

function example(name: string, file: string, where: string, code: string): Example {
  const kind = code.includes('from "vitest"') ? "tested" : "plain";
  return { where: `${name} ${where}`, package: name, file, code, kind };
}

function of(kind: Example["kind"]): ReadonlyArray<Example> {
  return documented.filter((each) => each.kind === kind);
}

async function runScoped({ package: name, file, code }: Example): Promise<void> {
  const dist = `${root}packages/${name}/dist/`;
  const modules = ["index.js", `${dirname(file)}/index.js`, file.replace(/ts$/, "js")];
  const exported: object[] = [];
  for (const each of modules)
    if (existsSync(dist + each)) exported.push((await import(dist + each)) as object);
  const scope: Record<string, unknown> = {
    [basename(file, ".ts").replaceAll("-", "_")]: exported.at(-1),
    assert,
  };
  Object.assign(scope, ...exported);
  Object.assign(scope, { left, right, isLeft, isRight });
  new Function(...Object.keys(scope), `"use strict";\n${code}`)(...Object.values(scope));
}

async function runPlain({ package: name, code }: Example): Promise<void> {
  const plain = await transform(code, {
    loader: "ts",
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  const args = ["--input-type=module", "--eval", plain.code];
  const { stderr } = await promisify(execFile)(process.execPath, args, {
    cwd: `${root}packages/${builtUpon[name] ?? name}`,
    timeout: 50_000,
  });
  expect(stderr).toBe("");
}

/** As who has no other options than `strict` checks them, in a folder from which the packages are found. */
async function checked(examples: ReadonlyArray<Example>): Promise<string> {
  const folders = new Set<string>();
  const files = examples.map(({ package: name, where, code }) => {
    const folder = `${root}packages/${builtUpon[name] ?? name}/dist/examples`;
    const file = `${folder}/${where.replaceAll(/\W+/g, "-")}.ts`;
    folders.add(folder);
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `${code}export {};\n`);
    return file;
  });
  const options =
    "--ignoreConfig --noEmit --strict --target es2022 --module nodenext --types node --skipLibCheck";
  const tsc = `${root}node_modules/.bin/tsc`;
  try {
    await promisify(execFile)(tsc, [...options.split(" "), ...files], { cwd: root });
    return "";
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true });
  }
}

const lines = (text: string): ReadonlyArray<string> => text.split("\n").map((line) => line.trim());

describe("the examples", () => {
  it("are all found, and those of docstrings assert something", () => {
    const marks = packages.flatMap((name) =>
      filesOf(`packages/${name}/src`).flatMap((file) => [
        ...textOf(`packages/${name}/src/${file}`).matchAll(/^ *\* @example/gm),
      ]),
    );
    const ofDocstrings = documented.filter(({ file }) => file.endsWith(".ts"));
    expect(ofDocstrings).toHaveLength(marks.length);
    const silent = ofDocstrings.filter(({ kind, code }) => kind !== "tested" && !code.includes("assert"));
    expect(silent.map(({ where }) => where)).toEqual([]);
    expect(packages.filter((name) => !documented.some((each) => each.package === name))).toEqual(["cli"]);
  });

  it.each(of("scoped"))("$where is true", runScoped);

  it.concurrent.each(of("plain"))(
    "$where runs as it stands, but for its types, in node",
    { timeout: 60_000 },
    runPlain,
  );

  it("of READMEs compile under --strict", { timeout: 60_000 }, async () => {
    const ofReadmes = of("plain").filter(({ file }) => file.endsWith(".md"));
    expect(ofReadmes.length).toBeGreaterThan(10);
    expect(await checked(ofReadmes)).toBe("");
  });

  it.each(of("tested"))("$where stands in a test", ({ code }) => {
    const tests = packages.flatMap((name) =>
      filesOf(`packages/${name}/test`).map((file) =>
        lines(textOf(`packages/${name}/test/${file}`)).join("\n"),
      ),
    );
    const wanted = lines(code.replaceAll(/^import .*\n/gm, "").trim()).join("\n");
    expect(tests.some((test) => test.includes(wanted))).toBe(true);
  });
});
