import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anyPort, chordnet, jsonLines, killAll, type Node, node } from "./processes.js";

/** Nobody listens there: it is reserved, and needs privileges. */
const closed = "tcp://127.0.0.1:1";

describe("what is wrong with the world is told in one line, with exit status 1", () => {
  let member: Node;
  let other: Node;
  let server: Server;
  let foreign: string;
  const sockets = new Set<Socket>();
  let says: string | null = null;

  beforeAll(async () => {
    member = await node(...anyPort, "--create", "--ring", "blue");
    other = await node(...anyPort, "--join", member.address);
    // Somebody who is no node: silent, or with a protocol of his own.
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => undefined);
      if (says !== null) socket.write(says);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    foreign = `tcp://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterAll(async () => {
    await killAll();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  async function fails(args: string[], told: RegExp): Promise<void> {
    const { status, stdout, stderr } = await chordnet(...args).ended;
    const last = stderr.split("\n").at(-1);
    expect(last).toMatch(told);
    expect(last).toMatch(/^chordnet: /);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  }

  const joining = (...args: string[]): string[] => ["start", ...anyPort, "--join-timeout-ms", "800", ...args];
  /** A silent seed is given up after 1.5 s. */
  const patiently = (...args: string[]): string[] => [
    "start",
    ...anyPort,
    "--join-timeout-ms",
    "2500",
    ...args,
  ];

  it("a port in use", () => fails(["start", "--listen", member.address, "--create"], /in use/));
  it("an address of another machine", () =>
    fails(["start", "--listen", "tcp://192.0.2.1:7001", "--create"], /listen/));
  it.each([
    ["something else", "junk", /^chordnet: --data \S+ holds something else: use an empty folder, or none$/],
    ["no folder", "junk/file", /^chordnet: --data \S+file cannot be used \(not a directory\): name a folder/],
  ])("a folder for values that is %s", async (_what, name, told) => {
    const root = await mkdtemp(join(tmpdir(), "chordnet-bad-"));
    await mkdir(join(root, "junk"));
    await writeFile(join(root, "junk/file"), "");
    try {
      await fails(["start", ...anyPort, "--create", "--data", join(root, name)], told);
    } finally {
      await rm(root, { recursive: true });
    }
  });
  it("a name that does not resolve", () =>
    fails(["start", "--listen", "tcp://nowhere.invalid:7001", "--create"], /nowhere\.invalid/));
  it("a seed that is down", () => fails(joining("--join", closed), /nothing listens|refused/));
  it("a seed whose name does not resolve", () =>
    fails(joining("--join", "tcp://nowhere.invalid:1"), /nowhere/));

  it("a seed that hangs", async () => {
    says = null;
    await fails(patiently("--join", foreign), new RegExp(foreign));
  });
  it("a seed that speaks another protocol", async () => {
    says = "HTTP/1.1 400 Bad Request\r\n\r\n";
    await fails(patiently("--join", foreign), new RegExp(foreign));
  });
  it("a node that listens on tcp://, named as ws://", () =>
    fails(
      ["status", "--via", member.address.replace("tcp:", "ws:")],
      new RegExp(`does not speak WebSocket: .* name it as ${member.address}`),
    ));
  it("a seed of another ring", () =>
    fails(
      patiently("--join", member.address, "--ring", "red"),
      /has name blue, and not red: leave the option out/,
    ));
  it("asking a node of another ring", () =>
    fails(
      ["status", "--via", member.address, "--ring", "red"],
      /has name blue, and not red: leave the option/,
    ));
  it("a seed whose ring has other parameters", () =>
    fails(patiently("--join", member.address, "--ring", "blue", "--bits", "64"), /bits/));

  it("advertising a closed port", async () => {
    const advertising = patiently("--join", member.address, "--advertise", closed);
    await fails(advertising, /cannot reach this one at/);
    // In each line: whoever dialled it was refused, and nobody else was.
    const { stderr } = await chordnet(...advertising).ended;
    for (const line of stderr.split("\n")) expect(line.split("refused:")).toHaveLength(2);
  });
  it("advertising a live member's address", () =>
    fails(patiently("--join", other.address, "--advertise", member.address), /another process is alive/));

  it("advertising the address of its only seed", () =>
    fails(
      joining("--join", member.address, "--advertise", member.address),
      /is this node itself|another process/,
    ));

  it.each([["ring"], ["status"], ["lookup", "a", "b"]])("%s through nobody", (...command) =>
    fails([...command, "--via", closed], /127\.0\.0\.1:1\b.*chordnet start/),
  );

  it("each seed's reason is told while joining goes on, and the next one is tried", async () => {
    const joined = chordnet("start", ...anyPort, "--join", closed, "--join", member.address);
    expect(await joined.line((line) => line.includes(closed), "stderr")).toContain(
      "cannot be joined through",
    );
    expect(await joined.line((line) => line.includes("ready"))).toContain("tcp://127.0.0.1");
    joined.child.kill("SIGTERM");
    expect((await joined.ended).status).toBe(0);
  });

  it("a joiner that is asked to stop stops, with status 0", async () => {
    const joiner = chordnet("start", ...anyPort, "--join", closed);
    await joiner.line((line) => line.includes(closed), "stderr");
    joiner.child.kill("SIGINT");
    expect(await joiner.ended).toMatchObject({ status: 0, stdout: "" });
  });

  it("lookups through nobody fail one by one, each with its code", async () => {
    const command = chordnet("lookup", "a", "-", "--via", closed, "--json");
    command.child.stdin?.end("b\n");
    const { status, stdout } = await command.ended;
    expect(status).toBe(1);
    const error = {
      code: expect.stringMatching(/^[A-Z_]+$/),
      message: expect.stringContaining("127.0.0.1:1"),
    };
    expect(jsonLines(stdout)).toEqual([
      { key: "a", keyId: null, error },
      { key: "b", keyId: null, error },
    ]);
  });

  it("a point beyond the ring fails alone", async () => {
    const point = "1".padEnd(41, "0");
    const { status, stdout } = await chordnet("lookup", "a", "--id", point, "--via", member.address, "--json")
      .ended;
    expect(status).toBe(1);
    const answers = jsonLines(stdout);
    expect(answers.find(({ key }) => key === "a")).toHaveProperty("owner");
    expect(answers.find(({ key }) => key === null)).toMatchObject({ error: { code: "BAD_KEY" } });
  });

  it("leaves the ring as it was", async () => {
    const { status, stdout } = await chordnet("ring", "--via", member.address, "--json").ended;
    expect(status).toBe(0);
    expect(jsonLines(stdout).map(({ id }) => id)).toEqual([member.id, other.id]);
  });
});
