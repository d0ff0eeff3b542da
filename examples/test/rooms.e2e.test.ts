import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";

const program = (name: string): string => fileURLToPath(new URL(`../rooms/${name}.mjs`, import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

interface Running {
  readonly process: ChildProcess;
  readonly say: (line: string) => void;
  /** The next line that is this one; those before it are passed over. */
  readonly hears: (wanted: string | RegExp) => Promise<string>;
}

function run(name: string, ...args: ReadonlyArray<string>): Running {
  const child = spawn(process.execPath, [program(name), ...args], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    process: child,
    say: (line) => void child.stdin.write(`${line}\n`),
    hears: async (wanted) => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw new Error(`it ended without saying ${wanted}`);
        if (typeof wanted === "string" ? value === wanted : wanted.test(value)) return value;
      }
    },
  };
}

async function node(...seeds: ReadonlyArray<string>): Promise<Running & { address: string; url: string }> {
  const running = run("node", "0", "tcp://127.0.0.1:0", ...seeds);
  const [, address = "", url = ""] = (await running.hears(/^ready/)).split(" ");
  return { ...running, address, url };
}

it("a room is one, whichever nodes its guests came to; it moves, with what was said, and they come again", async () => {
  const first = await node();
  const nodes = [first, await node(first.address), await node(first.address)];
  const [ada, bob] = nodes.map(({ url }) => run("client", "lobby ☼", url, ...nodes.map((each) => each.url)));
  if (ada === undefined || bob === undefined) throw new Error("nobody came");
  await Promise.all([ada.hears("(in)"), bob.hears("(in)")]);
  ada.say("hello");
  await Promise.all([ada.hears("hello"), bob.hears("hello")]);

  // One node after another goes, until one is left: the room moves at least once, unless it was there from the first.
  for (const [i, leaver] of nodes.slice(0, 2).entries()) {
    leaver.process.kill("SIGTERM");
    expect(await once(leaver.process, "exit")).toEqual([0, null]);
    const late = run("client", "lobby ☼", ...nodes.slice(i + 1).map(({ url }) => url));
    await late.hears("hello");
    const line = `said to ${i}`;
    late.say(line);
    await Promise.all([ada.hears(line), bob.hears(line), late.hears(line)]);
  }
});
