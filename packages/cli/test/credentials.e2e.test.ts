import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authority } from "@chordnet/authority";
import { afterEach, describe, expect, it } from "vitest";
import { chordnet, freePort, jsonLines, killAll, type Node, node } from "./processes.js";
import { ran } from "./screen.js";

const folders: string[] = [];

const file = (contents: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "chordnet-credentials-"));
  folders.push(folder);
  const path = join(folder, "file");
  writeFileSync(path, contents, { mode: 0o600 });
  return path;
};

afterEach(async () => {
  await killAll();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const secret = "a secret of more than 16 bytes";

const certificates = async (): Promise<string[]> => {
  const { ca, cert, key } = await (await authority("the ring's")).issue(["127.0.0.1"]);
  return ["--tls-cert", file(cert), "--tls-key", file(key), "--tls-ca", file(ca)];
};

const isReady = (line: string): boolean => line.includes("ready");

describe("a ring with credentials", () => {
  it.each([
    ["tls", async () => ["--secret-file", file(secret)]],
    ["tls", certificates],
    ["wss", certificates],
  ] as const)("forms over %s, answers who has them, and lets nobody else in", async (scheme, given) => {
    const credentials = await given();
    const one = `${scheme}://127.0.0.1:${await freePort()}`;
    const two = `${scheme}://127.0.0.1:${await freePort()}`;
    const founder = chordnet("start", "--listen", one, "--create", ...credentials);
    await founder.line(isReady);
    await chordnet("start", "--listen", two, "--join", one, ...credentials).line(isReady);
    const { status, stdout } = await chordnet("lookup", "key", "--via", two, "--json", ...credentials).ended;
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining(`${scheme}://`) });

    const wrong = ["--secret-file", file("another secret, as long")];
    const stranger = await chordnet("ring", "--via", one, "--timeout-ms", "2000", ...wrong).ended;
    expect(stranger.status).toBe(1);
    expect(stranger.stderr).toMatch(/turned away: credentials, /);
    await founder.line((line) => line.includes("connection turned away by"), "stderr");
  });
});

/** Members over TLS, each with a file of secrets of its own. */
class Ring {
  readonly nodes: Node[] = [];
  readonly #files: string[] = [];

  get first(): string {
    return this.nodes[0]?.address ?? "";
  }

  async joinedBy(secrets: ReadonlyArray<string>): Promise<void> {
    const secretFile = file(secrets.join("\n"));
    const how = this.nodes.length === 0 ? ["--create"] : ["--join", this.first];
    const listen = ["--listen", "tls://127.0.0.1:0"];
    this.nodes.push(await node(...listen, ...how, "--secret-file", secretFile));
    this.#files.push(secretFile);
  }

  /** Node by node. After each, new clients of each kind ask every node; a newcomer comes while nodes differ. */
  async changedTo(secrets: ReadonlyArray<string>, clients: ReadonlyArray<string>): Promise<void> {
    for (const [i, secretFile] of [...this.#files].entries()) {
      renameSync(file(secrets.join("\n")), secretFile);
      if (i === 0) await this.joinedBy(secrets);
      for (const known of clients) await this.answers(known);
    }
    await this.closes(secrets[0] ?? "");
  }

  async answers(known: string): Promise<void> {
    const secretFile = file(known);
    for (const { address } of this.nodes) {
      const asked = ["lookup", ...keys, "--via", address, "--json", "--secret-file", secretFile];
      const { status, stdout, stderr } = await ran(asked);
      expect(status, `${stdout}\n${stderr}`).toBe(0);
      expect(jsonLines(stdout)).toHaveLength(keys.length);
    }
  }

  async closes(known: string): Promise<void> {
    const asked = ["ring", "--via", this.first, "--json", "--secret-file", file(known)];
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const { status, stdout } = await ran(asked);
      if (status === 0 && jsonLines(stdout).length === this.nodes.length) return;
    }
    throw new Error(`the ring did not close with ${this.nodes.length} nodes`);
  }
}

const keys = Array.from({ length: 8 }, (_none, i) => `key ${i}`);

describe("a ring whose secret is changed in three steps", () => {
  it("lets everybody in throughout, and at the end nobody with the old one", async () => {
    const [old, next] = ["the secret before the change", "the secret after the change"];
    const ring = new Ring();
    for (let i = 0; i < 3; i += 1) await ring.joinedBy([old]);
    await ring.closes(old);
    await ring.changedTo([old, next], [old]);
    await ring.answers(next);
    await ring.changedTo([next, old], [old, next]);
    await ring.changedTo([next], [next]);

    const last = ring.nodes.pop();
    const late = ["--via", last?.address ?? "", "--timeout-ms", "2000", "--secret-file", file(old)];
    const { status, stderr } = await ran(["lookup", "key", ...late]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/turned away: credentials, the dialler's secret is not one that is accepted/);
    await killAll();
    for (const { ended } of ring.nodes) expect((await ended).stderr).not.toContain("turned away");
  });
});
