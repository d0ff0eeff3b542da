import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authority } from "@chordnet/authority";
import { afterEach, describe, expect, it } from "vitest";
import { chordnet, freePort, killAll } from "./processes.js";

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
