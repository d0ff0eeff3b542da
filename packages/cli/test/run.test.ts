import { describe, expect, it } from "vitest";
import { ran } from "./screen.js";

describe("wrong usage is told in one line, with exit status 2", () => {
  it.each<[string, string[], string]>([
    ["unknown command", ["frobnicate"], "unknown command 'frobnicate'"],
    ["unknown flag", ["lookup", "k", "--via", "tcp://h:1", "--frob"], "unknown option '--frob'"],
    [
      "a flag almost right",
      ["lookup", "k", "--vai", "tcp://h:1"],
      "unknown option '--vai': did you mean --via? (see",
    ],
    ["a needed flag almost right", ["start", "--lisen", "tcp://h:1"], "did you mean --listen?"],
    ["a command almost right", ["strat"], "unknown command 'strat': did you mean start? (see"],
    ["help about no command", ["help", "strat"], "unknown command 'strat': did you mean start? (see"],
    ["help of no command", ["strat", "--help"], "unknown command 'strat': did you mean start? (see"],
    ["a port out of range", ["ring", "--via", "tcp://h:99999"], "port 99999 is out of range"],
    ["no --via", ["lookup", "k"], "--via <url>"],
    ["no --via", ["ring"], "--via <url>"],
    ["no --via", ["status"], "--via <url>"],
    ["no --listen", ["start", "--create"], "--listen"],
    ["neither --create nor --join", ["start", "--listen", "tcp://127.0.0.1:0"], "--create founds a ring"],
    ["a bad address", ["lookup", "k", "--via", "127.0.0.1:7000"], "not an address"],
    ["a bad number", ["lookup", "k", "--via", "tcp://h:1", "--timeout-ms", "soon"], "integer"],
    ["a path behind tcp", ["ring", "--via", "tcp://h:1/path"], "write tcp://host:port"],
    ["a deadline for nothing", start("--join-timeout-ms", "5"), "goes with --join"],
    [
      "an empty key to put",
      ["put", "", "x", "--via", "tcp://h:1"],
      "'' is no key: a value's has 1 to 1024 bytes, and not 0 (see",
    ],
    ["an empty key to get", ["get", "a", "", "--via", "tcp://h:1"], "and not 0"],
    ["a key too long to delete", ["delete", "ä".repeat(513), "--via", "tcp://h:1"], "and not 1026"],
    ["no key", ["lookup", "--via", "tcp://h:1"], "nothing to look up"],
    ["two schemes", ["ring", "--via", "tcp://h:1", "--via", "ws://h:1"], "one scheme"],
    ["a bad point", ["lookup", "--id", "zz", "--via", "tcp://h:1"], "hexadecimal"],
    ["a point with too many digits", ["lookup", "--id", "0".repeat(65), "--via", "tcp://h:1"], "64 at most"],
    ["superfluous words", ["ring", "tcp://h:1", "--via", "tcp://h:1"], "too many arguments"],
    ["advertising what nobody reaches", start("--advertise", "tcp://0.0.0.0:7000"), "nobody can reach"],
    [
      "listening everywhere, advertising nothing",
      ["start", "--create", "--listen", "tcp://0.0.0.0:1"],
      "--advertise",
    ],
    ["members of two schemes", start("--join", "ws://h:1"), "one scheme"],
    [
      "joining itself",
      ["start", "--listen", "tcp://127.0.0.1:7", "--join", "tcp://127.0.0.1:7"],
      "cannot join itself",
    ],
    ["nothing to replay", ["replay"], "missing required argument 'file'"],
    ["replaying for both", ["replay", "f", "--print", "--json"], "cannot be used with option '--json'"],
    [
      "a replay with a seed",
      ["simulate", "--replay", "f", "--seed", "1"],
      "cannot be used with option '--seed",
    ],
    ["no such latency", ["simulate", "--latency", "30-1"], "MS or LEAST-MOST"],
    ["too many nodes", ["simulate", "--nodes", "100001"], "1 to 100000"],
    ["a share above one", ["simulate", "--loss", "1.5"], "0 to 1"],
    [
      "a bad level",
      start("--log-level", "loud"),
      "is invalid: use one of trace, debug, info, warn, error, silent",
    ],
    ["too many bits", start("--bits", "257"), "1 to 256"],
  ])("%s", async (_, args, told) => {
    const { status, stdout, stderr } = await ran(args);
    expect(stderr).toContain(told);
    expect(stderr).toMatch(
      /^chordnet: [^\n]+ \(see chordnet (start |put |get |delete |lookup |ring |status |replay |simulate |explore )?--help\)\n$/,
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  it("so is a level of logs in the environment that is none", async () => {
    const { status, stderr } = await ran(start(), { env: { CHORDNET_LOG: "loud" } });
    expect(stderr).toMatch(/^chordnet: CHORDNET_LOG is loud, and has to be one of trace, debug, .* \(see/);
    expect(status).toBe(2);
  });

  it("shows what there is where nothing was typed", async () => {
    const { status, stdout, stderr } = await ran([]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("Usage: chordnet");
  });
});

describe("help", () => {
  it.each(["start", "lookup", "ring", "status", "replay", "simulate", "explore", "demo"])(
    "of %s has examples and fits a terminal",
    async (command) => {
      const { status, stdout, stderr } = await ran([command, "--help"]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toContain(`Usage: chordnet ${command}`);
      expect(stdout).toMatch(new RegExp(`Examples:\n(.*\n)*.*chordnet ${command}`));
      expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    },
  );

  it.each([60, 40])(
    "fits %d columns, too: examples, and the names of groups, stay whole",
    async (columns) => {
      const { stdout } = await ran(["start", "--help"], { isTTY: true, columns, env: { NO_COLOR: "1" } });
      const [options] = stdout.split("Examples:");
      const lines = options?.split("\n").filter((line) => line.startsWith(" "));
      expect(lines?.filter((line) => line.length > columns)).toEqual([]);
      expect(options).toMatch(/ --join <url\.\.\.>\s+members to join/);
    },
  );

  it("is a command, too", async () => {
    expect(await ran(["help"])).toEqual(await ran(["--help"]));
    expect(await ran(["help", "start"])).toEqual(await ran(["start", "--help"]));
  });

  it("is on standard output, with the version beside it", async () => {
    expect(await ran(["--help"])).toMatchObject({ status: 0, stderr: "" });
    expect((await ran(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("colours", () => {
  const csi = "\u001b[";

  it("are for terminals", async () => {
    expect((await ran(["--help"], { isTTY: true })).stdout).toContain(csi);
    expect((await ran(["--help"])).stdout).not.toContain(csi);
  });

  it("are left out where NO_COLOR says so, and forced by FORCE_COLOR", async () => {
    expect((await ran(["--help"], { isTTY: true, env: { NO_COLOR: "1" } })).stdout).not.toContain(csi);
    expect((await ran(["--help"], { isTTY: true, env: { TERM: "dumb" } })).stdout).not.toContain(csi);
    expect((await ran(["--help"], { env: { FORCE_COLOR: "1" } })).stdout).toContain(csi);
  });
});

function start(...more: string[]): string[] {
  return ["start", "--listen", "tcp://127.0.0.1:0", "--create", ...more];
}
