import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { chordnet, freePort, killAll, type Node, node } from "../processes.js";
import type { Ran } from "../screen.js";

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
      { error: { code: "FAILED", message: "no JSON object: nonsense" } },
    ]);
    const got = await fed("a\nb\nc\n", "get", "-", ...via);
    expect(got.status).toBe(0);
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
    expect((await fed(large, "put", "more", "-", ...via)).stderr).toContain("raise their quota");
    expect((await fed(Buffer.alloc(1_048_577), "put", "more", "-", ...via)).stderr).toContain(
      "larger than 1048576 bytes",
    );
  });

  it("are there when the whole ring was killed and is started again from its folders", {
    timeout: 120_000,
  }, async () => {
    const ports = await Promise.all([freePort(), freePort(), freePort()]);
    const urls = ports.map((port) => `tcp://127.0.0.1:${port}`);
    const seeds = urls.flatMap((url) => ["--join", url]);
    const startAll = (): Promise<Node[]> =>
      Promise.all(
        urls.map((url, i) =>
          node("--listen", url, "--create", ...seeds, "--data", join(root, `${i}`), "--sync", "interval"),
        ),
      );
    const all = await startAll();
    const via = ["--via", urls[0] as string, "--via", urls[1] as string];
    const pairs = Array.from({ length: 50 }, (_, i) => ({ key: `key ${i + 10}`, value: `value ${i}` }));
    const put = await fed(pairs.map((pair) => JSON.stringify(pair)).join("\n"), "put", "-", ...via);
    expect(put.status, put.stdout).toBe(0);

    await Promise.all(
      all.map(({ child }) => {
        const closed = once(child, "close");
        child.kill("SIGKILL");
        return closed;
      }),
    );
    await startAll();
    const got = await fed(
      pairs.map(({ key }) => key).join("\n"),
      "get",
      "-",
      "--timeout-ms",
      "60000",
      ...via,
    );
    expect(byKey(got).map(({ key, value }) => ({ key, value }))).toEqual(pairs);
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
