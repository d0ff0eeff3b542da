import { readFileSync } from "node:fs";
import { Network } from "@chordnet/transport-memory";
import { ChordNet } from "chordnet";
import { afterEach, describe, expect, it } from "vitest";
import { prometheus } from "../src/index.js";
import { tallies } from "../src/tallies.js";

const open: ChordNet[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((node) => node.close()));
});

function measured(network: Network, name: string) {
  const metrics = prometheus();
  const ring = new ChordNet({ transport: network.transport({ name }), metrics, intervalMs: 100 });
  metrics.watch(ring);
  open.push(ring);
  return { ring, text: () => metrics.registry.metrics() };
}

/** The value of a series, as it is collected. */
function sample(text: string, series: string): number | null {
  const line = text.split("\n").find((each) => each.startsWith(`${series} `));
  return line === undefined ? null : Number(line.slice(series.length + 1));
}

describe("what Prometheus collects", () => {
  it("tells what a node is, before and after it is a member", async () => {
    const { ring, text } = measured(new Network(), "a");
    expect(sample(await text(), "chordnet_member")).toBe(0);
    // What is not known is not whole.
    expect(sample(await text(), "chordnet_values_copies_missing")).toBeNull();
    await ring.create();
    expect(sample(await text(), "chordnet_member")).toBe(1);
    expect(sample(await text(), "chordnet_owned_share")).toBe(1);
    expect(sample(await text(), "chordnet_lease_seconds")).toBeGreaterThan(0);
    expect(sample(await text(), "chordnet_values")).toBe(0);
    await ring.store.put("user:42", new Uint8Array(100));
    expect(sample(await text(), "chordnet_values")).toBe(1);
    expect(sample(await text(), "chordnet_values_bytes")).toBeGreaterThan(100);
    // Alone it keeps one of three.
    expect(sample(await text(), "chordnet_values_copies_missing")).toBe(2);
    expect(sample(await text(), "chordnet_values_no_room")).toBe(0);
  });

  it("tells of a node that has no room for values", async () => {
    const { ring } = measured(new Network(), "a");
    await ring.create();
    const metrics = prometheus();
    const status = ring.status();
    const kept = { entries: 1, bytes: 900, quotaBytes: 1_000, copiesMissing: 0 };
    const full = { ...status, values: { ...kept, noRoom: { reason: "quota", since: 0 } } } as const;
    metrics.watch({ status: () => full });
    expect(sample(await metrics.registry.metrics(), "chordnet_values_no_room")).toBe(1);
  });

  it("tells how long operations took, and how they ended", async () => {
    const { ring, text } = measured(new Network(), "a");
    await ring.create();
    for (let i = 0; i < 3; i += 1) await ring.lookup(`key ${i}`);
    await expect(ring.request("key", new Uint8Array(1))).rejects.toMatchObject({ code: "NO_HANDLER" });
    const series = (operation: string, outcome: string) =>
      `chordnet_operation_seconds_count{operation="${operation}",outcome="${outcome}"}`;
    expect(sample(await text(), series("lookup", "ok"))).toBe(3);
    expect(sample(await text(), series("request", "NO_HANDLER"))).toBe(1);
    expect(sample(await text(), series("create", "ok"))).toBe(1);
  });

  it("counts what the nodes of a ring say to each other, and names none of them", async () => {
    const network = new Network();
    const [a, b] = [measured(network, "a"), measured(network, "b")];
    await a.ring.create();
    await b.ring.join("memory://a");
    const text = await b.text();
    expect(sample(text, "chordnet_frames_sent_total")).toBe(b.ring.status().counters["framesOut"]);
    expect(sample(text, "chordnet_connections_opened_total")).toBeGreaterThan(0);
    expect(text).not.toContain("memory://");
  });

  it("looks at a node once for all its series, and anew for the next collection", async () => {
    const { registry, watch } = prometheus();
    const { ring } = measured(new Network(), "a");
    await ring.create();
    let looks = 0;
    watch({
      status: () => {
        looks += 1;
        return ring.status();
      },
    });
    await registry.metrics();
    await registry.metrics();
    expect(looks).toBe(2);
  });

  it("has a name for every counter", () => {
    const { ring } = measured(new Network(), "a");
    const known = new Set(tallies.map(({ from }) => from));
    return ring.create().then(() => {
      for (const counter of Object.keys(ring.status().counters))
        expect(known).toContain(counter.split(".")[0]);
    });
  });
});

describe("the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const rows = [...readme.matchAll(/^\| (`chordnet_.*?) \| (.*?) \|/gm)];
  const quoted = (cell = ""): ReadonlyArray<string> =>
    [...cell.matchAll(/`([^`{. ]+)[^`]*`/g)].map(([, name = ""]) => name);
  const described = rows.flatMap(([, series]) => quoted(series));

  it("describes every series, and speaks of no other", async () => {
    const { ring, text } = measured(new Network(), "a");
    await ring.create();
    const names = [...(await text()).matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name ?? "");
    expect(names.length).toBeGreaterThan(20);
    expect([...new Set(described)].sort()).toEqual(names.sort());
    const spokenOf = [...readme.matchAll(/\bchordnet_\w+/g)].map(([name]) =>
      name.replace(/_seconds_count$/, "_seconds"),
    );
    expect(spokenOf.filter((name) => !names.includes(name))).toEqual([]);
  });

  it("says which counter each is", () => {
    const said = rows.flatMap(([, series, counters]) =>
      series?.includes("_total") ? quoted(series).map((name, i) => [name, quoted(counters)[i]]) : [],
    );
    expect(said.sort()).toEqual(tallies.map(({ name, from }) => [name, from]).sort());
  });
});
