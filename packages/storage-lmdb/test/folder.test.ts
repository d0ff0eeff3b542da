import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultRing, entryOf, headOf, type Id } from "@chordnet/core";
import { StorageError } from "@chordnet/storage";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { lmdbStorage } from "../src/index.js";

const root = mkdtempSync(join(tmpdir(), "chordnet-folder-"));
let folders = 0;
let path: string;

beforeEach(() => {
  folders += 1;
  path = join(root, `${folders}`, "data");
});

afterAll(() => rmSync(root, { recursive: true }));

const entryAt = (id: number) =>
  entryOf({ id: BigInt(id) as Id, key: Uint8Array.of(id) }, 1, new Uint8Array(5000).fill(id));

async function filled(): Promise<void> {
  const volume = await lmdbStorage({ path }).open(defaultRing);
  for (let id = 0; id < 20; id += 1) await volume.write({ put: [entryAt(id)] });
  await volume.close();
}

const codeOfOpening = (): Promise<unknown> =>
  lmdbStorage({ path })
    .open(defaultRing)
    .then(
      (volume) => volume.close().then(() => "opened"),
      (error: unknown) => (error instanceof StorageError ? error.code : error),
    );

/** Every file but the lock, with its bytes. */
const contents = (): ReadonlyArray<readonly [string, string]> =>
  readdirSync(path)
    .filter((name) => name !== "lock")
    .map((name) => [name, readFileSync(join(path, name)).toString("base64")] as const);

describe("a folder", () => {
  it("and its files are for the user alone", async () => {
    const before = process.umask(0o002);
    await filled();
    process.umask(before);
    const modes = [path, ...readdirSync(path).map((name) => join(path, name))].map((file) =>
      (statSync(file).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(["700", "600", "600", "600", "600"]);
  });

  it("that cannot be used is a typed failure", async () => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, "a file");
    expect(await codeOfOpening()).toBe("failed");
  });

  it("with something else in it is refused and left alone", async () => {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "letter.txt"), "dear");
    expect(await codeOfOpening()).toBe("foreign");
    expect(readdirSync(path)).toEqual(["letter.txt"]);
  });

  it("is opened by one process at a time, which two volumes stand for", async () => {
    const volume = await lmdbStorage({ path }).open(defaultRing);
    expect(await codeOfOpening()).toBe("locked");
    await volume.close();
    expect(await codeOfOpening()).toBe("opened");
  });

  it("whose first open was cut short begins anew", async () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const { name, bits, hash } = defaultRing;
    const marker = { format: 1, ring: { name, bits, hash }, complete: false };
    writeFileSync(join(path, "chordnet.json"), JSON.stringify(marker));
    writeFileSync(join(path, "values.mdb"), "half a pa");
    expect(await codeOfOpening()).toBe("opened");
  });

  const marked = (text: string) => () => writeFileSync(join(path, "chordnet.json"), text);
  const data = () => join(path, "values.mdb");
  /** Where the last page ends that LMDB has used. */
  const end = (): number => {
    const bytes = readFileSync(data());
    const [one, other] = [0, 4096].map((header) => Number(bytes.readBigUInt64LE(header + 144))) as [
      number,
      number,
    ];
    return (Math.max(one, other) + 1) * 4096;
  };
  const scribble = (at: number, length: number) => () => {
    const bytes = readFileSync(data());
    writeFileSync(data(), bytes.fill(0xa5, at, at + length));
  };

  it.each([
    [
      "of a later version",
      "newer",
      marked('{"format":2,"ring":{"name":"chordnet","bits":160,"hash":"sha256"}}'),
    ],
    [
      "of another ring",
      "foreign",
      marked('{"format":1,"ring":{"name":"other","bits":160,"hash":"sha256"},"complete":true}'),
    ],
    ["with half a marker", "corrupt", marked('{"format":1,"ri')],
    ["without its file", "corrupt", () => rmSync(data())],
    ["with an empty file", "corrupt", () => truncateSync(data(), 0)],
    ["with half a header", "corrupt", () => truncateSync(data(), 5000)],
    ["with half a file", "corrupt", () => truncateSync(data(), end() / 2)],
    ["with a file that is a byte short", "corrupt", () => truncateSync(data(), end() - 1)],
    ["with something else for a file", "corrupt", () => writeFileSync(data(), "dear\n".repeat(10_000))],
    ["with a damaged first page", "corrupt", scribble(0, 4096)],
    ["with a damaged second page", "corrupt", scribble(4096, 4096)],
  ] as const)("%s is refused as %s, and left alone", async (_, code, damage) => {
    await filled();
    damage();
    const before = contents();
    expect(await codeOfOpening()).toBe(code);
    expect(contents()).toEqual(before);
  });
});

it("a damaged tree is told as that, and left alone", async () => {
  await filled();
  const file = join(path, "values.mdb");
  const bytes = readFileSync(file);
  const field = (header: number, at: number) => Number(bytes.readBigUInt64LE(header + at));
  // Where the tree of all tables begins, by the header of the latest commit.
  const root = field(field(0, 152) > field(4096, 152) ? 0 : 4096, 136) * 4096;
  writeFileSync(file, bytes.fill(0xa5, root, root + 4096));
  const error = await lmdbStorage({ path })
    .open(defaultRing)
    .catch((thrown: StorageError) => thrown);
  expect(error).toMatchObject({
    code: "corrupt",
    message: expect.stringMatching(/, its tree is damaged \(/),
  });
  expect(readFileSync(file)).toEqual(bytes);
});

it.each(["lock", "values.mdb", "values.mdb-lock", "chordnet.json"])(
  "a folder where %s should be is told, and what to do",
  async (name) => {
    await filled();
    rmSync(join(path, name));
    mkdirSync(join(path, name));
    const error = await lmdbStorage({ path })
      .open(defaultRing)
      .catch((thrown: StorageError) => thrown);
    const told = /^.*, (it|a file of it) is a folder: restore the folder from a backup, or move it away/;
    expect(error).toMatchObject({ code: "corrupt", message: expect.stringMatching(told) });
  },
);

it("a damaged list of those that keep the same arcs is never taken for one", async () => {
  const written = await lmdbStorage({ path }).open(defaultRing);
  const id = 7n as Id;
  await written.write({ company: [{ start: id, end: id, others: ["tcp://b:1"], spare: 0 }] });
  await written.close();
  const file = join(path, "values.mdb");
  const bytes = readFileSync(file);
  const list = Buffer.from('"tcp://b:1"');
  for (let at = bytes.indexOf(list); at >= 0; at = bytes.indexOf(list)) bytes[at] = 8;
  writeFileSync(file, bytes);
  const volume = await lmdbStorage({ path }).open(defaultRing);
  expect(await volume.company().catch((error: StorageError) => error.code)).toBe("corrupt");
  await volume.close();
});

it("a damaged value is never given for a good one", async () => {
  await filled();
  const file = join(path, "values.mdb");
  const bytes = readFileSync(file);
  // The value of entry 7: five thousand sevens, of which one changes.
  bytes[bytes.indexOf(Buffer.alloc(4000, 7)) + 100] = 8;
  writeFileSync(file, bytes);
  const volume = await lmdbStorage({ path }).open(defaultRing);
  const error = await volume.read(entryAt(7)).catch((thrown: StorageError) => thrown);
  expect(error).toMatchObject({ code: "corrupt", head: headOf(entryAt(7)) });
  expect((error as Error).message).toBe('the entry of "\\u0007" is damaged');
  expect(await volume.read(entryAt(8))).toEqual(entryAt(8));
  await volume.close();
});
