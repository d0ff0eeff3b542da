import { once } from "node:events";
import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { chordnet, freePort, killAll, type Node, node } from "../processes.js";
import type { Ran } from "../screen.js";
import { ran } from "../screen.js";

const root = mkdtempSync(join(tmpdir(), "chordnet-values-"));

afterEach(killAll);
afterAll(() => rmSync(root, { recursive: true }));

/** Runs the command with this on its standard input. */
function fed(input: string | Buffer, ...args: string[]): Promise<Ran> {
  const command = chordnet(...args);
  command.child.stdin?.end(input);
  return command.ended;
}

const lines = (ran: Ran): ReadonlyArray<Record<string, unknown>> =>
  ran.stdout.split("\n").map((line) => {
    const { ms, ...rest } = JSON.parse(line) as Record<string, unknown>;
    expect(ms).toBeTypeOf("number");
    return rest;
  });

const byKey = (ran: Ran) => [...lines(ran)].sort((one, other) => (`${one.key}` < `${other.key}` ? -1 : 1));

const lasting = { timeout: 120_000 };
const pairs = Array.from({ length: 50 }, (_, i) => ({ key: `key ${i + 10}`, value: `value ${i}` }));

interface FolderRing {
  readonly folders: ReadonlyArray<string>;
  /** Each begins as all others do: who is there first founds the ring. */
  readonly starts: ReadonlyArray<() => Promise<Node>>;
  readonly startAll: () => Promise<Node[]>;
  readonly via: ReadonlyArray<string>;
}

/** Three nodes to be, each with an address and a folder that it keeps. */
async function ringOn(name: string): Promise<FolderRing> {
  const urls = (await Promise.all([freePort(), freePort(), freePort()])).map(
    (port) => `tcp://127.0.0.1:${port}`,
  );
  const seeds = urls.flatMap((url) => ["--join", url]);
  const folders = urls.map((_, i) => join(root, `${name}-${i}`));
  const starts = urls.map((url, i) => () => {
    const data = ["--data", folders[i] as string, "--sync", "interval"];
    return node("--listen", url, "--create", ...seeds, ...data);
  });
  const startAll = () => Promise.all(starts.map((start) => start()));
  return { folders, starts, startAll, via: urls.flatMap((url) => ["--via", url]) };
}

async function killed({ child }: Node): Promise<void> {
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

async function putAll(via: ReadonlyArray<string>): Promise<void> {
  const put = await fed(
    pairs.map((pair) => JSON.stringify(pair)).join("\n"),
    "put",
    "-",
    "--timeout-ms",
    "60000",
    ...via,
  );
  expect(put.status, put.stdout).toBe(0);
}

async function expectAll(via: ReadonlyArray<string>): Promise<void> {
  const keys = pairs.map(({ key }) => key).join("\n");
  const got = await fed(keys, "get", "-", "--timeout-ms", "60000", ...via);
  expect(byKey(got).map(({ key, value }) => ({ key, value }))).toEqual(pairs);
}

describe("values from the command line", () => {
  it("are put, read and deleted, one at a time, through any node", async () => {
    const one = await node("--listen", "tcp://127.0.0.1:0", "--create");
    const two = await node("--listen", "tcp://127.0.0.1:0", "--join", one.address);
    const put = await chordnet("put", "user:42", "Ada", "--via", one.address).ended;
    expect([put.status, put.stderr]).toEqual([0, ""]);
    expect(put.stdout).toMatch(/^version \d+$/);
    expect(await chordnet("get", "user:42", "--via", two.address).ended).toEqual({
      status: 0,
      stdout: "Ada",
      stderr: "",
    });
    expect((await chordnet("delete", "user:42", "--via", two.address).ended).status).toBe(0);
    expect(await chordnet("get", "user:42", "--via", one.address).ended).toEqual({
      status: 1,
      stdout: "",
      stderr: "chordnet: there is no value under user:42",
    });
  });

  it("are put and read as lines of JSON, with standard input for one that is large", async () => {
    const { address } = await node("--listen", "tcp://127.0.0.1:0", "--create", "--quota", "1MiB");
    const via = ["--via", address];
    const put = await fed(
      '{"key":"a","value":"1"}\n{"key":"b","valueBase64":"/w=="}\nnonsense\n',
      "put",
      "-",
      ...via,
    );
    expect(put.status).toBe(1);
    expect(byKey(put)).toEqual([
      { key: "a", version: expect.any(Number) },
      { key: "b", version: expect.any(Number) },
      { line: 3, error: { code: "FAILED", message: "no JSON object: nonsense" } },
    ]);
    const got = await fed("a\nb\nc\n", "get", "-", ...via);
    expect(got.status).toBe(1);
    expect(byKey(got)).toEqual([
      { key: "a", value: "1", version: expect.any(Number) },
      { key: "b", valueBase64: "/w==", version: expect.any(Number) },
      { key: "c", value: null },
    ]);
    expect(byKey(await chordnet("delete", "a", "b", ...via).ended)).toEqual([
      { key: "a", version: expect.any(Number) },
      { key: "b", version: expect.any(Number) },
    ]);

    const large = Buffer.alloc(900_000, "large ");
    expect((await fed(large, "put", "large", "-", ...via)).status).toBe(0);
    expect((await chordnet("get", "large", ...via).ended).stdout).toBe(large.toString());
    expect((await fed(large, "put", "more", "-", ...via)).stderr).toContain(
      `no room at ${address}: raise the quota`,
    );
    expect((await fed(Buffer.alloc(1_048_577), "put", "more", "-", ...via)).stderr).toContain(
      "larger than 1048576 bytes",
    );
  });

  it("are shown on a terminal with what would steer it as numbers, and given to programs as they are", async () => {
    const { address } = await node("--listen", "tcp://127.0.0.1:0", "--create");
    const via = ["--via", address];
    const steering = "\u001b[2Jone\ttwo\n\u009b2J";
    expect((await fed(steering, "put", "steering", "-", ...via)).status).toBe(0);
    const shown = "\\x1b[2Jone\ttwo\n\\x9b2J\n";
    expect((await ran(["get", "steering", ...via], { isTTY: true })).stdout).toBe(shown);
    expect((await ran(["get", "steering", ...via])).stdout).toBe(steering);
    const { stdout } = await ran(["get", "steering", "--json", ...via], { isTTY: true });
    expect(stdout).toMatch(/^\P{Cc}*\n$/u);
    expect(JSON.parse(stdout)).toMatchObject({ value: steering });
  });

  it("in memory go with the last member, which says so", async () => {
    const last = await node("--listen", "tcp://127.0.0.1:0", "--create");
    expect((await chordnet("put", "a", "1", "--via", last.address).ended).status).toBe(0);
    last.child.kill("SIGTERM");
    expect((await last.ended).stderr).toMatch(/the last member is gone, and with it 1 value in memory/);
  });

  it("are there when the whole ring was killed and is started again from its folders", lasting, async () => {
    const { startAll, via } = await ringOn("restarted");
    const all = await startAll();
    await putAll(via);
    await Promise.all(all.map(killed));
    await startAll();
    await expectAll(via);
  });

  it("come back from copies of the folders, made of one node after another", lasting, async () => {
    const { startAll, starts, folders, via } = await ringOn("backed-up");
    const all = await startAll();
    await putAll(via);
    for (const [i, start] of starts.entries()) {
      await killed(all[i] as Node);
      cpSync(folders[i] as string, `${folders[i]}-copy`, { recursive: true });
      all[i] = await start();
    }
    await Promise.all(all.map(killed));
    for (const folder of folders) {
      rmSync(folder, { recursive: true });
      renameSync(`${folder}-copy`, folder);
    }
    await startAll();
    await expectAll(via);
  });

  it("lie in a folder that is this ring's, and nobody else's", async () => {
    const letters = mkdtempSync(join(root, "letters-"));
    writeFileSync(join(letters, "letter.txt"), "dear");
    const refused = await chordnet("start", "--listen", "tcp://127.0.0.1:0", "--create", "--data", letters)
      .ended;
    expect([refused.status, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toContain("holds something else: use an empty folder, or none");

    const path = join(root, "taken");
    await node("--listen", "tcp://127.0.0.1:0", "--create", "--data", path);
    const locked = await chordnet("start", "--listen", "tcp://127.0.0.1:0", "--create", "--data", path).ended;
    expect([locked.status, locked.stdout]).toEqual([1, ""]);
    expect(locked.stderr).toContain("stop the other process, or use another folder");
  });

  it("are refused where too few would keep them", async () => {
    const { address } = await node(
      "--listen",
      "tcp://127.0.0.1:0",
      "--create",
      "--copies",
      "3",
      "--copies-min",
      "2",
    );
    const put = await chordnet("put", "a", "1", "--via", address).ended;
    expect([put.status, put.stdout]).toEqual([1, ""]);
    expect(put.stderr).toContain("1 processes would keep it, 2 are the least");
  });

  it.each([
    [["put", "a", "--via", "tcp://127.0.0.1:1"], "what is to be put under a?"],
    [["get", "--via", "tcp://127.0.0.1:1"], "nothing to get: name a key"],
    [["delete", "--via", "tcp://127.0.0.1:1"], "nothing to delete: name a key"],
    [["get", "a"], "option --via <url> is missing"],
    [["start", "--listen", "tcp://127.0.0.1:0", "--create", "--sync", "always"], "--sync goes with --data"],
    [
      ["start", "--listen", "tcp://127.0.0.1:0", "--create", "--quota", "10GB"],
      "such as 1000000, 512MiB or 10GiB",
    ],
    [["start", "--listen", "tcp://127.0.0.1:0", "--create", "--copies-min", "4"], "is more than --copies"],
  ])("a command line that cannot work says so: %j", async (args, why) => {
    const { status, stderr } = await chordnet(...args).ended;
    expect([status, stderr]).toEqual([2, expect.stringContaining(why)]);
  });
});
