import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { type Access, fencedStore } from "../fencing/store.mjs";

const program = fileURLToPath(new URL("../fencing/worker.mjs", import.meta.url));
const workers: ChildProcess[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.kill("SIGKILL");
});

/** Starts a worker; resolves with its address when it is a member. */
async function started(store: string, seed?: string): Promise<string> {
  const args = [program, store, "tcp://127.0.0.1:0", ...(seed === undefined ? [] : [seed])];
  const worker = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  workers.push(worker);
  const [line] = await once(createInterface(worker.stdout), "line");
  expect(line).toMatch(/^ready tcp:/);
  return String(line).slice("ready ".length);
}

it("a worker that was stopped in the middle of its work does no harm when it goes on", async () => {
  const accesses: Access[] = [];
  let heard: () => void = () => undefined;
  const store = fencedStore((access: Access) => {
    accesses.push(access);
    heard();
  });
  store.listen(0, "127.0.0.1");
  await once(store, "listening");
  const access = async (wanted: (access: Access) => boolean): Promise<Access> => {
    for (let seen = accesses.length; ; ) {
      const found = accesses.slice(seen).find(wanted);
      if (found !== undefined) return found;
      seen = accesses.length;
      await new Promise<void>((resolve) => {
        heard = resolve;
      });
    }
  };
  try {
    const url = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
    const seed = await started(url);
    await started(url, seed);
    await started(url, seed);
    await access(({ wrote, letIn }) => wrote !== null && letIn);

    const begun = await access(({ wrote, letIn }) => wrote === null && letIn);
    process.kill(Number(begun.worker), "SIGSTOP");
    const next = await access(
      ({ worker, wrote, letIn }) => worker !== begun.worker && wrote !== null && letIn,
    );
    const late = access(({ worker }) => worker === begun.worker);
    process.kill(Number(begun.worker), "SIGCONT");

    expect(await late).toMatchObject({ letIn: false, wrote: next.wrote, epoch: begun.epoch });
    expect(begun.epoch).toBeLessThan(next.epoch);
    await access(({ wrote, letIn }) => wrote !== null && letIn);
  } finally {
    store.closeAllConnections();
    store.close();
  }
  const written = accesses.flatMap(({ wrote, letIn }) => (wrote !== null && letIn ? [wrote] : []));
  expect(written).toEqual(written.map((_, i) => i + 1));
});
