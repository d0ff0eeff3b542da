import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { Processes } from "../../src/demo/processes.js";
import { chordnet, killAll } from "../processes.js";

const founder = ["--listen", "tcp://127.0.0.1:0", "--create"];

/** Whether anybody listens there. */
function listens(address: string): Promise<boolean> {
  const { hostname, port } = new URL(address.replace("tcp:", "http:"));
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

describe("the processes of a demo", () => {
  let processes = new Processes();
  afterEach(async () => {
    await processes.close();
    processes = new Processes();
  });

  it("are members when they say so, and gone when it is over", async () => {
    const first = processes.start(founder);
    const { address } = await first.ready;
    const second = processes.start(["--listen", "tcp://127.0.0.1:0", "--join", address]);
    await second.ready;
    await processes.close();
    expect((await second.ended).status).toBe(null);
    expect(await listens(address)).toBe(false);
  });

  it("tell why one never became a member", async () => {
    const { address } = await processes.start(founder).ready;
    await expect(processes.start(["--listen", address, "--create"]).ready).rejects.toThrow("in use");
  });

  it("leave in peace when they are asked to", async () => {
    const { ready, signal, ended } = processes.start(founder);
    await ready;
    signal("SIGTERM");
    expect((await ended).status).toBe(0);
  });
});

describe("a node whose parent is killed", () => {
  it("does not outlive it", async () => {
    const module = fileURLToPath(new URL("../../dist/demo/processes.js", import.meta.url));
    const parent = spawn(process.execPath, [
      "--input-type=module",
      "--eval",
      `import { Processes } from ${JSON.stringify(module)};
       console.log((await new Processes().start(${JSON.stringify(founder)}).ready).address);`,
    ]);
    const [address] = (await once(createInterface(parent.stdout), "line")) as [string];
    expect(await listens(address)).toBe(true);
    parent.kill("SIGKILL");
    for (let asked = 0; asked < 100_000 && (await listens(address)); asked += 1);
    expect(await listens(address)).toBe(false);
  });
});

describe("chordnet demo", () => {
  afterEach(killAll);

  it("finds no wrong answer while nodes are killed, leave, restart and join", async () => {
    const { status, stdout, stderr } = await chordnet("demo", "--json").ended;
    const results = JSON.parse(stdout) as Record<string, unknown>;
    // Where the machine let a node wait for so long that its neighbours took it for dead, its keys fail for a while.
    const calm = results.doubts === 0 ? { retried: 0 } : {};
    expect({ status, stderr, ...results }).toMatchObject({
      status: 0,
      stderr: "",
      wrong: 0,
      wrongAnswers: [],
      unanswered: 0,
      keys: 10_000,
      events: [
        { event: "killed", wrong: 0 },
        { event: "left", wrong: 0, ...calm },
        { event: "restarted in place", wrong: 0 },
        { event: "joined", wrong: 0, ...calm },
      ],
    });
    expect(results.lookups).toBeGreaterThanOrEqual(20_000);
    expect(results.nodes).toHaveLength(7);
  });

  it("says what is wrong with its folder, with status 1", async () => {
    const { status, stderr } = await chordnet("demo", "--files", "no/such/folder").ended;
    expect(status).toBe(1);
    expect(stderr).toMatch(/^chordnet: .*no\/such\/folder is no folder: name one with --files$/);
  });
});
