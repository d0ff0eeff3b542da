import { expect, it } from "vitest";
import { WorkerProcess } from "../src/fleet/worker-process.js";
import { load } from "../src/workers/load.js";

it("a load keeps so many under way, and no more, until all are done", async () => {
  let [underWay, most, begun] = [0, 0, 0];
  const { perS, p50Us, p99Us } = await load(
    (_, done) => {
      begun += 1;
      most = Math.max(most, ++underWay);
      setImmediate(() => {
        underWay -= 1;
        done();
      });
    },
    { inFlight: 7, count: 100 },
  );
  expect([most, begun]).toEqual([7, 100]);
  expect(perS).toBeGreaterThan(0);
  expect(p99Us).toBeGreaterThanOrEqual(p50Us);
});

it("whoever asks a worker that ends is told so", async () => {
  const worker = new WorkerProcess([
    process.execPath,
    "-e",
    "process.stdin.once('data', () => process.exit(3))",
  ]);
  await expect(worker.ask("anything")).rejects.toThrow("a worker ended: 3");
});
