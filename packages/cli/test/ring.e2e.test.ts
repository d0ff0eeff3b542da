import { closeSync, openSync } from "node:fs";
import { hashText, space } from "@chordnet/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  anyPort,
  chordnet,
  chordnetTo,
  closes,
  freePort,
  jsonLines,
  killAll,
  type Node,
  node,
} from "./processes.js";
import { ran } from "./screen.js";

/** Who owns a key by the sorted list of the nodes: the first at or after it. */
function ownerOf(key: bigint, nodes: ReadonlyArray<Node>): string | undefined {
  const sorted = [...nodes].sort((a, b) => (a.id < b.id ? -1 : 1));
  return (sorted.find(({ id }) => BigInt(`0x${id}`) >= key) ?? sorted[0])?.address;
}

const hexOf = (key: string): string => idOf(key).toString(16).padStart(40, "0");
const idOf = (key: string): bigint => hashText(space(160), "sha256", key);

describe("three processes in a ring", () => {
  let nodes: Node[];
  let via: string;

  beforeAll(async () => {
    const first = await node(...anyPort, "--create");
    via = first.address;
    const others = await Promise.all([1, 2].map(() => node(...anyPort, "--join", via)));
    nodes = [first, ...others];
    await closes(via, nodes.length);
  });
  afterAll(killAll);

  it("answer people in the order in which they asked", async () => {
    const keys = Array.from({ length: 200 }, (_none, i) => `key ${i}`);
    const { status, stdout } = await ran(["lookup", ...keys, "--via", via], { isTTY: true });
    expect(status).toBe(0);
    expect(stdout.match(/key \d+/g)).toEqual(keys);
  });

  it("print `ready` first, and what happened to their ranges after it", async () => {
    const line = await nodes[0]?.line((text) => text.includes("ready"));
    expect(JSON.parse(line ?? "")).toEqual({ event: "ready", id: nodes[0]?.id, address: via });
    const gained = await nodes[1]?.line((text) => text.includes("rangeGained"));
    expect(JSON.parse(gained ?? "")).toMatchObject({ event: "rangeGained", to: nodes[1]?.id });
  });

  it("name the right owner of each key, through each of them", async () => {
    const keys = ["user:42", "user:43", "", "schlüssel", "-x"];
    for (const { address } of nodes) {
      const { status, stdout, stderr } = await chordnet("lookup", "--via", address, "--json", "--", ...keys)
        .ended;
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      const answers = jsonLines(stdout);
      expect(answers.map(({ key }) => key).sort()).toEqual([...keys].sort());
      for (const answer of answers) {
        expect(Object.keys(answer)).toEqual(["key", "keyId", "owner", "hops", "epoch", "ms"]);
        const point = idOf(answer.key ?? "");
        expect(answer.keyId).toBe(hexOf(answer.key ?? ""));
        expect(answer.owner?.address).toBe(ownerOf(point, nodes));
      }
    }
  });

  it("name themselves for their own ids, and the next one for the point after", async () => {
    for (const { id, address } of nodes) {
      const after = (BigInt(`0x${id}`) + 1n).toString(16);
      const { stdout } = await chordnet("lookup", "--id", id, "--id", after, "--via", via, "--json").ended;
      const answers = jsonLines(stdout);
      const owner = (keyId: string) =>
        answers.find((answer) => answer.keyId === keyId.padStart(40, "0"))?.owner?.address;
      expect(owner(id)).toBe(address);
      expect(owner(after)).toBe(ownerOf(BigInt(`0x${after}`), nodes));
      expect(answers.every(({ key }) => key === null)).toBe(true);
    }
  });

  it("answer keys from standard input as they come, before it ends", async () => {
    const command = chordnet("lookup", "-", "--via", via, "--json");
    command.child.stdin?.write("one\n");
    expect(JSON.parse(await command.line((line) => line.includes('"one"')))).toHaveProperty("owner");
    command.child.stdin?.write(Array.from({ length: 1000 }, (_, i) => `key ${i}\n`).join(""));
    command.child.stdin?.end("last");
    const { status, stdout } = await command.ended;
    expect(status).toBe(0);
    const answers = jsonLines(stdout);
    expect(new Set(answers.map(({ key }) => key)).size).toBe(1002);
    expect(answers.map(({ owner }) => owner?.address)).toEqual(
      answers.map(({ key }) => ownerOf(idOf(key ?? ""), nodes)),
    );
  });

  it("trace a lookup hop by hop, the owner last", async () => {
    const far = nodes.find(({ address }) => address !== via);
    const { stdout } = await chordnet("lookup", "--id", far?.id ?? "", "--trace", "--via", via, "--json")
      .ended;
    const [answer] = jsonLines(stdout);
    expect(answer?.trace?.at(-1)).toMatchObject({
      id: far?.id,
      address: far?.address,
      why: expect.any(String),
    });
    expect(answer?.hops).toBeGreaterThanOrEqual(1);
  });

  it("are listed in order, each with its neighbours", async () => {
    const { status, stdout } = await chordnet("ring", "--via", via, "--json").ended;
    const members = jsonLines(stdout);
    expect(status).toBe(0);
    expect(members.map(({ address }) => address).sort()).toEqual(nodes.map(({ address }) => address).sort());
    for (const [index, member] of members.entries()) {
      expect(Object.keys(member)).toEqual(["id", "address", "predecessor", "successors", "claims"]);
      const next = members[(index + 1) % members.length];
      // On a machine that is held up a lease may have run out just now.
      expect([null, member.id]).toContain(member.claims === null ? null : member.claims?.to);
      expect(member.successors?.[0]).toEqual({ id: next?.id, address: next?.address });
    }
  });

  it("tell their whole state", async () => {
    const { status, stdout } = await chordnet("status", "--via", via, "--json").ended;
    expect(status).toBe(0);
    expect(jsonLines(stdout)[0]).toMatchObject({
      address: via,
      ring: { bits: 160, intervalMs: 200 },
      nodes: [{ claim: { to: nodes[0]?.id } }],
    });
  });

  it("print tables where nobody asks for JSON", async () => {
    const looked = await chordnet("lookup", "user:42", "--via", via).ended;
    expect(looked.stdout.split("\n").map((line) => line.trim().split(/ {2,}/))).toEqual([
      ["HOPS", "MS", "KEY ID", "OWNER", "KEY"],
      [
        expect.stringMatching(/^\d$/),
        expect.stringMatching(/^\d+\.\d$/),
        `${hexOf("user:42").slice(0, 9)}…`,
        expect.any(String),
        "user:42",
      ],
    ]);
    const ring = await chordnet("ring", "--via", via).ended;
    expect(ring.stdout).toContain("3 nodes in ring chordnet, sha256 cut to 160 bits");
    const status = await chordnet("status", "--via", via).ended;
    expect(status.stdout).toMatch(/^counters$/m);
    for (const { stdout } of [looked, ring, status]) {
      expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
    }
  });

  it("let one go that is asked to: it hands over and ends with status 0", async () => {
    const leaver = nodes.pop() ?? expect.fail("no node is left");
    leaver.child.kill("SIGTERM");
    const { status, stdout, stderr } = await leaver.ended;
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(jsonLines(stdout).at(-1)).toMatchObject({ event: "left", handedOver: true });
    const { stdout: owned } = await chordnet("lookup", "--id", leaver.id, "--via", via, "--json").ended;
    expect(jsonLines(owned)[0]?.owner?.address).toBe(ownerOf(BigInt(`0x${leaver.id}`), nodes));
  });

  it("stop at once where nobody reads the answers", async () => {
    const command = chordnet("lookup", "-", "--via", via, "--json");
    command.child.stdout?.destroy();
    command.child.stdin?.on("error", () => undefined);
    command.child.stdin?.write("a\n".repeat(1000));
    expect((await command.ended).stderr).toBe("");
  });
});

describe("where nobody takes what is printed", () => {
  afterEach(killAll);

  it("a lookup says that its answer is lost, with status 1", async () => {
    const { address } = await node(...anyPort, "--create");
    const full = openSync("/dev/full", "w");
    const lost = chordnetTo(full, "lookup", "a", "b", "--via", address, "--json");
    const { status, stderr } = await lost.ended;
    closeSync(full);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^chordnet: what was printed is lost: no space left on device$/),
    });
  });

  it("help is lost, too, with status 1", async () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = await chordnetTo(full, "--help").ended;
    closeSync(full);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining("is lost: no space left on device"),
    });
  });

  it("a node lives on, and says so at its end", async () => {
    const full = openSync("/dev/full", "w");
    const first = await node(...anyPort, "--create");
    const second = chordnetTo(full, "start", ...anyPort, "--join", first.address, "--log-level", "debug");
    second.child.stderr?.once("data", () => second.child.stderr?.destroy());
    await first.line((line) => line.includes("predecessorChanged") && !line.includes('"to":null'));
    await closes(first.address, 2);
    second.child.kill("SIGTERM");
    expect((await second.ended).status).toBe(1);
    closeSync(full);
  });
});

describe("nodes of other kinds", () => {
  afterEach(killAll);

  it("with the same flags, own address included, make one ring", async () => {
    const ports = await Promise.all([freePort(), freePort(), freePort()]);
    const urls = ports.map((port) => `tcp://127.0.0.1:${port}`);
    const seeds = urls.flatMap((url) => ["--join", url]);
    const nodes = await Promise.all(urls.map((url) => node("--listen", url, "--create", ...seeds)));
    const members = await closes(nodes[0]?.address ?? "", 3);
    expect(members.map(({ address }) => address).sort()).toEqual([...urls].sort());
  });

  it("found one at the usual interval though another seed's port refuses, which is told once", async () => {
    const [own, dead] = (await Promise.all([freePort(), freePort()])).map(
      (port) => `tcp://127.0.0.1:${port}`,
    );
    const seeds = [own, dead].flatMap((url) => ["--join", url as string]);
    const founder = chordnet("start", "--listen", own as string, "--create", ...seeds);
    await founder.line((line) => line.includes('"ready"'));
    founder.child.kill("SIGTERM");
    const { status, stderr } = await founder.ended;
    expect(status).toBe(0);
    expect(stderr.match(/cannot be joined through/g)).toHaveLength(1);
  });

  it("that go together, all there are, wait for nobody who is gone", async () => {
    const first = await node(...anyPort, "--create");
    const nodes = [first, await node(...anyPort, "--join", first.address)];
    await closes(first.address, nodes.length);
    const put = await chordnet("put", "key", "value", "--via", first.address).ended;
    expect(put.status).toBe(0);
    for (const { child } of nodes) child.kill("SIGTERM");
    const start = performance.now();
    const ends = await Promise.all(nodes.map(({ ended }) => ended));
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(ends.map(({ status }) => status)).toEqual([0, 0]);
    expect(ends.map(({ stdout }) => jsonLines(stdout).at(-1)?.handedOver)).toContain(false);
  });

  it("that are signalled twice at once hand over, as if it had been once", async () => {
    const first = await node(...anyPort, "--create");
    const leaver = await node(...anyPort, "--join", first.address);
    await closes(first.address, 2);
    leaver.child.kill("SIGTERM");
    leaver.child.kill("SIGINT");
    const { status, stdout } = await leaver.ended;
    expect(status).toBe(0);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ event: "left", handedOver: true });
  });

  it("with virtual nodes have several places on the ring", async () => {
    const { address, id } = await node(...anyPort, "--create", "--virtual-nodes", "3");
    const members = await closes(address, 3);
    expect(members[0]).toMatchObject({ id, address });
    expect(members.map((member) => member.address).sort()).toEqual([address, `${address}#1`, `${address}#2`]);
  });

  it("with a second address serve clients there", async () => {
    const port = await freePort();
    const { address } = await node(...anyPort, "--listen", `ws://127.0.0.1:${port}`, "--create");
    const { status, stdout } = await chordnet("lookup", "a", "--via", `ws://127.0.0.1:${port}`, "--json")
      .ended;
    expect(status).toBe(0);
    expect(jsonLines(stdout)[0]?.owner?.address).toBe(address);
  });

  it("over WebSocket are a ring, too", async () => {
    const first = await node("--listen", "ws://127.0.0.1:0", "--create");
    const second = await node("--listen", "ws://127.0.0.1:0", "--join", first.address);
    expect((await closes(first.address, 2)).map(({ id }) => id)).toContain(second.id);
  });

  it("learn the ring's parameters when they join", async () => {
    const first = await node(...anyPort, "--create", "--bits", "16", "--hash", "sha1", "--ring", "small");
    const second = chordnet("start", ...anyPort, "--join", first.address);
    const { id } = JSON.parse(await second.line((line) => line.includes("ready"))) as Node;
    expect(id).toMatch(/^[0-9a-f]{4}$/);
  });
});
