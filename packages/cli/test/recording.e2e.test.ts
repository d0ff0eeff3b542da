import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { anyPort, chordnet, closes, killAll, type Node, node } from "./processes.js";

const folder = mkdtempSync(join(tmpdir(), "chordnet-recordings-"));
afterAll(async () => {
  await killAll();
  rmSync(folder, { recursive: true });
});

const recordings: string[] = [];

/** A node whose life is recorded. */
function recorded(...args: string[]): Promise<Node> {
  const file = join(folder, `${recordings.length}.jsonl`);
  recordings.push(file);
  return node(...anyPort, "--record", file, ...args);
}

/** Several hundred lookups, through one node. */
async function lookUp({ address }: Node): Promise<void> {
  const command = chordnet("lookup", "-", "--trace", "--json", "--via", address);
  command.child.stdin?.end(Array.from({ length: 300 }, (_, i) => `key ${i}\n`).join(""));
  expect((await command.ended).stdout.split("\n")).toHaveLength(300);
}

describe("a real ring under kills, leaves and lookups", { timeout: 180_000 }, () => {
  it("does, event by event, what the state machine does again", async () => {
    const first = await recorded("--create");
    const [killed, leaver, many, last] = (await Promise.all([
      recorded("--join", first.address),
      recorded("--join", first.address),
      recorded("--join", first.address, "--virtual-nodes", "3"),
      recorded("--join", first.address),
    ])) as [Node, Node, Node, Node];
    await closes(first.address, 7);
    await lookUp(many);

    const asked = lookUp(last);
    killed.child.kill("SIGKILL");
    leaver.child.kill("SIGTERM");
    await Promise.all([killed.ended, leaver.ended, asked]);
    const again = await recorded("--join", last.address);
    await closes(first.address, 6);
    await lookUp(again);

    first.child.kill("SIGKILL");
    await first.ended;
    await closes(last.address, 5);
    for (const { child } of [many, again, last]) {
      const closed = once(child, "close");
      child.kill("SIGTERM");
      await closed;
    }

    const { status, stdout, stderr } = await chordnet("replay", "--json", ...recordings).ended;
    const relived = stdout.split("\n").map((line) => JSON.parse(line) as { same: boolean; events: number });
    expect({ status, same: relived.map(({ same }) => same) }, stderr).toEqual({
      status: 0,
      same: recordings.map(() => true),
    });
    for (const { events } of relived) expect(events).toBeGreaterThan(20);
  });
});
