import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { tcp } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";
import { afterEach, expect, it } from "vitest";

const program = fileURLToPath(new URL("../deploy/node.mjs", import.meta.url));
const nodes: Node[] = [];
afterEach(() => {
  for (const { process: child } of nodes.splice(0)) child.kill("SIGKILL");
});

interface Node {
  readonly process: ChildProcess;
  readonly address: string;
  readonly line: () => Promise<string>;
}

/** Starts a node; resolves when it is a member. */
async function started(listen: string, seeds: ReadonlyArray<string>): Promise<Node> {
  const child = spawn(process.execPath, [program, listen, ...seeds], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface(child.stdout);
  const line = async (): Promise<string> => String((await once(lines, "line"))[0]);
  const ready = await line();
  expect(ready).toMatch(/^ready tcp:/);
  const node = { process: child, address: ready.slice("ready ".length), line };
  nodes.push(node);
  return node;
}

it("a rolling restart loses no count and fails no request", async () => {
  const first = await started("tcp://127.0.0.1:0", []);
  const addresses = [first.address];
  for (let i = 0; i < 3; i += 1) addresses.push((await started("tcp://127.0.0.1:0", addresses)).address);

  const client = await ChordNet.connect({ transport: tcp(), via: addresses });
  const acknowledged = new Map<string, number>();
  let over = false;
  const load = Array.from({ length: 20 }, async (_, i) => {
    const key = `counter ${i}`;
    for (let n = 1; !over; n += 1) {
      const answer = await client.request(key, new Uint8Array(0), { timeoutMs: 20_000 });
      // At least once: a request whose connection ended may have been counted before it was counted again.
      expect(Number(new TextDecoder().decode(answer))).toBeGreaterThanOrEqual(n);
      acknowledged.set(key, n);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  });

  for (const old of nodes.splice(0)) {
    const left = old.line();
    old.process.kill("SIGTERM");
    expect(await left).toBe("left true");
    await once(old.process, "exit");
    await started(
      old.address,
      addresses.filter((address) => address !== old.address),
    );
  }
  over = true;
  await Promise.all(load);
  expect(acknowledged.size).toBe(20);
  expect(Math.min(...acknowledged.values())).toBeGreaterThan(20);
  await client.close();
});
