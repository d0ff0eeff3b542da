import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { tcp } from "@chordnet/transport-tcp";
import { ChordNet } from "chordnet";
import { afterEach, expect, it } from "vitest";
import { type Cache, type CacheOptions, cache } from "../cache/cache.mjs";

const program = fileURLToPath(new URL("../cache/main.mjs", import.meta.url));
const rings: ChordNet[] = [];
afterEach(async () => {
  await Promise.all(rings.splice(0).map((ring) => ring.close()));
});

async function started(options: CacheOptions): Promise<Cache> {
  const ring = new ChordNet({
    transport: tcp({ host: "127.0.0.1", port: 0 }),
    intervalMs: 200,
  });
  const made = cache(ring, options);
  const [seed] = rings;
  await (seed === undefined ? ring.create() : ring.join(seed.address));
  rings.push(ring);
  return made;
}

it("what is kept moves along when a node joins or leaves; a crash costs what was kept there", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  const rates = stdout.split("\n").map((line) => /^(.*): (\d+) loads, (.*) % hits$/.exec(line)?.slice(1));
  expect(rates.slice(0, 4)).toEqual([
    ["empty", "400", "0.0"],
    ["filled", "0", "100.0"],
    ["one joined", "0", "100.0"],
    ["one left", "0", "100.0"],
  ]);
  const [when, loads] = rates[4] ?? [];
  expect(when).toBe("one crashed");
  expect(Number(loads)).toBeGreaterThan(0);
  expect(Number(loads)).toBeLessThan(400);
});

it("however many ask at once, and wherever: one load", async () => {
  let loads = 0;
  let loaded: (value: string) => void = () => undefined;
  const load = (): Promise<string> => {
    loads += 1;
    return new Promise((resolve) => {
      loaded = resolve;
    });
  };
  const nodes = [await started({ load }), await started({ load }), await started({ load })];
  const asked = Array.from({ length: 60 }, (_, i) => nodes[i % 3]?.get("hot", { timeoutMs: 20_000 }));
  while (nodes.reduce((sum, { counts }) => sum + counts.hits, 0) < 59)
    await new Promise((resolve) => setTimeout(resolve, 10));
  loaded("once");
  expect(new Set(await Promise.all(asked))).toEqual(new Set(["once"]));
  expect(loads).toBe(1);
});

it("a load that fails fails whoever waits for it, and is not kept", async () => {
  let broken = true;
  const load = async (): Promise<string> => {
    if (broken) throw new Error("the database is down");
    return "there";
  };
  const node = await started({ load });
  await expect(node.get("row")).rejects.toMatchObject({ code: "HANDLER_FAILED" });
  broken = false;
  expect(await node.get("row")).toBe("there");
});

it("an entry expires when it was to, wherever it is by then", async () => {
  const load = async (key: string): Promise<string> => key;
  const first = await started({ load, ttlMs: 3_600_000 });
  const keys = Array.from({ length: 50 }, (_, i) => `user:${i}`);
  await Promise.all(keys.map((key) => first.get(key)));
  const expiry = new Map<string, number>();
  for (const key of keys) expiry.set(key, (await first.store.getRaw(key))?.expires as number);
  const others = [];
  for (let i = 0; i < 3; i += 1) others.push(await started({ load, ttlMs: 3_600_000 }));
  const moved = [];
  for (const key of keys)
    for (const { store } of others) {
      const there = await store.getRaw(key);
      if (there === undefined) continue;
      moved.push(key);
      expect(Math.abs((there.expires as number) - (expiry.get(key) as number))).toBeLessThan(1000);
    }
  expect(moved.length).toBeGreaterThan(0);
});
