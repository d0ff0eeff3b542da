import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesIn, quoted, root, tableUnder, textOf } from "./repository.js";

/** What the documents say of the repository is so. */

interface Row {
  readonly packages: ReadonlyArray<string>;
  readonly modules: ReadonlyArray<string>;
}

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const architecture = textOf("docs/ARCHITECTURE.md");

function manifest(path: string): Manifest {
  return JSON.parse(textOf(path)) as Manifest;
}

describe("docs/ARCHITECTURE.md", () => {
  it("has the arrows between packages that are checked", async () => {
    const { arrows } = (await import(`${root}.dependency-cruiser.mjs`)) as {
      arrows: Readonly<Record<string, Row>>;
    };
    const rows = tableUnder("| package | holds | may import |", architecture);
    const said = rows.map(([name, , imports]) => [quoted(name)[0], [...quoted(imports)].sort()]);
    const checked = Object.entries(arrows).map(([name, { packages, modules }]) => [
      name,
      [...packages, ...modules].sort(),
    ]);
    expect(said).toEqual(checked);
    expect(checked.map(([name]) => name).sort()).toEqual(readdirSync(`${root}packages`).sort());
  });

  it("says what the other folders build on", () => {
    for (const [name, , basis] of tableUnder("| folder | holds | builds on |", architecture)) {
      const folder = quoted(name)[0] as string;
      expect(existsSync(`${root}${folder}`), folder).toBe(true);
      if (!existsSync(`${root}${folder}/package.json`)) continue;
      const dependencies = Object.keys(manifest(`${folder}/package.json`).dependencies ?? {});
      expect([...quoted(basis)].sort(), folder).toEqual(
        dependencies.map((dependency) => dependency.replace("@chordnet/", "")).sort(),
      );
    }
  });

  it.each([
    ["| file in `packages/core/src` | what |", "packages/core/src/"],
    ["| file in `packages/core/src/store` | what |", "packages/core/src/store/"],
    ["| file in `packages/simulator/src` | what |", "packages/simulator/src/"],
    ["| file in `packages/simulator/src/explorer` | what |", "packages/simulator/src/explorer/"],
    ["| file in `packages/transport/src` | what |", "packages/transport/src/"],
    ["| file in `packages/storage/src` | what |", "packages/storage/src/"],
    ["| file in `packages/cli/src` | what |", "packages/cli/src/"],
    ["| file in `packages/chordnet/src` | what |", "packages/chordnet/src/"],
    ["| file | what |", "packages/chordnet/src/"],
  ])("names files that are there: %s", (heading, folder) => {
    for (const [files, what] of tableUnder(heading, architecture)) {
      const names = quoted(files);
      // The folder of a row's first name holds for those after it that have none, and for those it is told by.
      const within = names[0]?.replace(/[^/]*$/, "") ?? "";
      const told = quoted(what).filter((name) => /^[a-z-]+\.ts$/.test(name));
      for (const name of [...names, ...told]) {
        const path = `${folder}${name.includes("/") ? "" : within}${name}`;
        expect(existsSync(`${root}${path}`), path).toBe(true);
      }
    }
  });

  it("leads through files that are there", () => {
    const paths = [...architecture.matchAll(/`([a-z-]+\/src\/[a-z/-]+\.ts)`/g)].map(([, path]) => path);
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !existsSync(`${root}packages/${path}`))).toEqual([]);
  });

  it("names every file of the protocol", () => {
    const rows = tableUnder("| file in `packages/core/src` | what |", architecture);
    const named = rows.flatMap(([files]) => quoted(files)).map((name) => name.replace("protocol/", ""));
    const files = readdirSync(`${root}packages/core/src/protocol`);
    expect(files.filter((file) => !named.includes(file))).toEqual([]);
  });
});

describe("docs/OWNERSHIP.md", () => {
  it("names functions that are where it says", () => {
    const rows = tableUnder("| rule | code |", textOf("docs/OWNERSHIP.md"));
    const said = rows.flatMap(([, code]) => {
      let file = "";
      return quoted(code).map((name) => {
        if (name.endsWith(".ts")) file = name;
        return { file, name };
      });
    });
    const untrue = said.filter(({ file, name }) => {
      const paths = ["", "protocol/"].map((folder) => `packages/core/src/${folder}${file}`);
      const path = paths.find((each) => existsSync(`${root}${each}`));
      return path === undefined || !(name === file || textOf(path).includes(`function ${name}(`));
    });
    expect(said.length).toBeGreaterThan(30);
    expect(untrue).toEqual([]);
  });
});

describe("CONTRIBUTING.md", () => {
  it("has every command, and none that there is not", () => {
    const said = [...textOf("CONTRIBUTING.md").matchAll(/^(?:\||pnpm).*$/gm)].flatMap(([line]) =>
      [...line.matchAll(/pnpm ([a-z0-9:]+)/g)].map(([, name]) => name),
    );
    const builtIn = new Set(["install", "vitest"]);
    const scripts = Object.keys(manifest("package.json").scripts ?? {});
    expect([...new Set(said)].filter((name) => !builtIn.has(name ?? "")).sort()).toEqual(scripts.sort());
  });
});

describe("docs/adr", () => {
  it("gives each record a number of its own, which its title has, too", () => {
    const records = readdirSync(`${root}docs/adr`).filter((file) => file !== "README.md");
    const numbers = records.map((file) => Number(file.slice(0, 4))).sort((a, b) => a - b);
    expect(numbers).toEqual(records.map((_, i) => i + 1));
    for (const file of records)
      expect(textOf(`docs/adr/${file}`), file).toMatch(new RegExp(`^# ${Number(file.slice(0, 4))}\\. `));
  });
});

describe("every document", () => {
  it("links to what is there", () => {
    const links = filesIn("", /\.md$/).flatMap((path) =>
      [...textOf(path).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => ({ path, target })),
    );
    const dead = links
      .filter(({ target }) => !/^([a-z]+:|#)/.test(target))
      .filter(({ path, target }) => !existsSync(join(root, dirname(path), target.replace(/#.*/, ""))));
    expect(links.length).toBeGreaterThan(100);
    expect(dead).toEqual([]);
  });
});

describe("every comment", () => {
  it("names files that are there", () => {
    const files = filesIn("", /\.(ts|mjs)$/);
    const named = files.flatMap((path) =>
      [...textOf(path).matchAll(/^ *(?:\/\*)?[*/]+ .*$/gm)].flatMap(([comment]) =>
        quoted(comment).flatMap((name) => (/^[\w./-]+\.(ts|mjs)$/.test(name) ? [{ path, name }] : [])),
      ),
    );
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter(({ name }) => !files.some((file) => `/${file}`.endsWith(`/${name}`)))).toEqual([]);
  });
});
