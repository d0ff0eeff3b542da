import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { dialUrl } from "../src/arguments.js";
import { credentialsFor } from "../src/credentials.js";
import { ran } from "./screen.js";

const folder = mkdtempSync(join(tmpdir(), "chordnet-credentials-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, contents: string): string => {
  const path = join(folder, name);
  writeFileSync(path, contents, { mode: 0o600 });
  return path;
};

const cert = file("cert", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n");
const key = file("key", "-----BEGIN EC PRIVATE KEY-----\nx\n-----END EC PRIVATE KEY-----\n");
const secured = [dialUrl("tls://127.0.0.1:7001")];
const pages = [dialUrl("wss://127.0.0.1:7001")];
const plain = [dialUrl("tcp://127.0.0.1:7001")];
const silent = (): void => undefined;

describe("credentials", () => {
  it("come from a file, or from the environment", () => {
    const secretFile = file("secret", "from the file, 16\n");
    expect(credentialsFor(secured, { secretFile, ring: "blue" }, {}, silent)?.()).toEqual({
      secret: "from the file, 16",
      ring: "blue",
    });
    const env = { CHORDNET_SECRET: "from the environment" };
    expect(credentialsFor(secured, {}, env, silent)?.()).toEqual({ secret: "from the environment" });
    expect(credentialsFor(plain, {}, env, silent)).toBeNull();
  });

  it("may be several secrets, one a line: the first is used, and all are accepted; blank lines don't count", () => {
    const several = "\n the first of them \r\n\n\t\nthe second of them\nthe third of them\n\n";
    const secretFile = file("several", several);
    const expected = {
      secret: "the first of them",
      accepted: ["the second of them", "the third of them"],
    };
    const env = { CHORDNET_SECRET: several };
    for (const given of [
      credentialsFor(secured, { secretFile }, {}, silent),
      credentialsFor(secured, {}, env, silent),
    ])
      expect(given?.()).toEqual(expected);
    expect(credentialsFor(secured, { ring: "blue" }, env, silent)?.()).toEqual({ ...expected, ring: "blue" });
  });

  it("tell which line of several can't be used, and not what it says", () => {
    const wrong = "the first of them\n\n15 bytes long..\nthe second of them\n";
    const secretFile = file("wrong line", wrong);
    const told = "line 3: the secret has less than 16 bytes: make one by: openssl rand -hex 32";
    const failure = (call: () => unknown): string => {
      try {
        call();
      } catch (error) {
        return String(error);
      }
      return "";
    };
    const inFile = failure(() => credentialsFor(secured, { secretFile }, {}, silent));
    expect(inFile).toBe(`Failure: ${secretFile}, ${told}`);
    const inVariable = failure(() => credentialsFor(secured, {}, { CHORDNET_SECRET: wrong }, silent));
    expect(inVariable).toBe(`Failure: CHORDNET_SECRET, ${told}`);
  });

  it("are five secrets at most", () => {
    const lines = Array.from({ length: 6 }, (_none, i) => `secret number ${i}, of six`);
    const five = lines.slice(0, 5).join("\n");
    expect(credentialsFor(secured, { secretFile: file("five", five) }, {}, silent)?.()).toMatchObject({
      accepted: lines.slice(1, 5),
    });
    const secretFile = file("six", lines.join("\n"));
    expect(() => credentialsFor(secured, { secretFile }, {}, silent)).toThrow(
      `${secretFile}: more than 4 secrets beside the one used: remove those that nobody uses any more`,
    );
  });

  it("may have a token for pages beside them", () => {
    const tokenFile = file("token", "a token for pages\n");
    const env = { CHORDNET_SECRET: "from the environment", CHORDNET_TOKEN: "another token for pages" };
    expect(credentialsFor(pages, { tokenFile }, env, silent)?.()).toMatchObject({
      token: "a token for pages",
    });
    expect(credentialsFor(pages, {}, env, silent)?.()).toMatchObject({ token: "another token for pages" });
  });

  it("tell where a token is from that can't be used", () => {
    const tokenFile = file("short token", "too short\n");
    const env = { CHORDNET_SECRET: "from the environment" };
    expect(() => credentialsFor(pages, { tokenFile }, env, silent)).toThrow(
      `${tokenFile}: the token must have 16 to 255 bytes: openssl rand -hex 32 makes one`,
    );
    expect(() => credentialsFor(pages, {}, { ...env, CHORDNET_TOKEN: "short" }, silent)).toThrow(
      "CHORDNET_TOKEN: the token must have 16 to 255 bytes",
    );
  });

  it("need no token where no page can come; a file of one is then refused, and an empty variable is none", () => {
    const env = { CHORDNET_SECRET: "from the environment", CHORDNET_TOKEN: "short" };
    expect(credentialsFor(secured, {}, env, silent)?.()).toEqual({ secret: "from the environment" });
    const tokenFile = file("unused token", "a token for pages\n");
    for (const urls of [secured, plain])
      expect(() => credentialsFor(urls, { tokenFile }, env, silent)).toThrow(
        "--token-file lets pages in on wss://",
      );
    const none = { ...env, CHORDNET_TOKEN: "" };
    expect(credentialsFor(pages, {}, none, silent)?.()).toEqual({ secret: "from the environment" });
  });

  it("in a file that all may read or write are taken, and that is told; a group may have reasons to read", () => {
    const secretFile = file("shown", "a secret of 16 bytes");
    const tokenFile = file("shown token", "a token for pages");
    const warned: string[] = [];
    const given = (): unknown =>
      credentialsFor(pages, { secretFile, tokenFile }, {}, (message) => warned.push(message))?.();
    for (const mode of [0o600, 0o640, 0o400]) {
      chmodSync(secretFile, mode);
      expect(given()).toMatchObject({ secret: "a secret of 16 bytes" });
    }
    expect(warned).toEqual([]);
    chmodSync(secretFile, 0o644);
    chmodSync(tokenFile, 0o602);
    expect(given()).toMatchObject({ secret: "a secret of 16 bytes" });
    expect(warned).toEqual([
      `every user of this machine can get at ${secretFile}, which holds a secret: chmod 600 ${secretFile}`,
      `every user of this machine can get at ${tokenFile}, which holds a secret: chmod 600 ${tokenFile}`,
    ]);
  });

  it.runIf(process.platform !== "win32")(
    "of a client that all may read: the warning says who warns",
    async () => {
      const secretFile = file("client's", "a secret of 16 bytes");
      chmodSync(secretFile, 0o644);
      const { stderr } = await ran(["status", "--via", "tls://127.0.0.1:1", "--secret-file", secretFile]);
      const [warning, failure] = stderr.split("\n");
      expect(warning).toMatch(/^chordnet: every user of this machine can get at /);
      expect(failure).toMatch(/^chordnet: none of the given nodes could be used/);
    },
  );

  it("are read anew when their file changes; what can't be used changes nothing, and is told", () => {
    const secretFile = file("changing", "the first of them");
    const warned: string[] = [];
    const current = credentialsFor(secured, { secretFile }, {}, (message) => warned.push(message));
    const first = current?.();
    expect(current?.()).toBe(first);
    file("changing", "the second, longer one");
    const second = current?.();
    expect(second).toEqual({ secret: "the second, longer one" });
    file("changing", "short");
    expect(current?.()).toBe(second);
    rmSync(secretFile);
    expect(current?.()).toBe(second);
    expect(warned).toEqual([
      expect.stringMatching(
        /changing, line 1: the secret has less than 16 bytes.*; what was read before still holds$/,
      ),
      expect.stringMatching(/^cannot read .*; what was read before still holds$/),
    ]);
  });

  it.runIf(process.platform !== "win32")("are read from a pipe at the start, and never again", () => {
    const secretFile = join(folder, "piped");
    const pipe = (): void => void execFileSync("sh", ["-c", `mkfifo '${secretFile}'`]);
    pipe();
    spawn("sh", ["-c", `printf 'a secret of 16 bytes' > '${secretFile}'`]);
    const warned: string[] = [];
    const current = credentialsFor(secured, { secretFile }, {}, (message) => warned.push(message));
    const first = current?.();
    expect(first).toEqual({ secret: "a secret of 16 bytes" });
    expect(current?.()).toBe(first);
    expect(warned.filter((message) => !message.includes("chmod"))).toEqual([]);
    rmSync(secretFile);
    file("piped", "the secret in a file");
    const second = current?.();
    expect(second).toEqual({ secret: "the secret in a file" });
    rmSync(secretFile);
    pipe();
    expect(current?.()).toBe(second);
    expect(warned.at(-1)).toMatch(/piped: it is no file any more.*; what was read before still holds$/);
  });

  it.each([
    ["none for tls://", secured, {}, "tls://127.0.0.1:7001 needs credentials: --secret-file FILE"],
    ["a secret for tcp://", plain, { secretFile: "x" }, "is not encrypted"],
    ["both kinds", secured, { secretFile: "x", tlsCert: "y" }, "use one of them"],
    ["half of a certificate", secured, { tlsCert: "y" }, "need all three"],
    ["a file that is not there", secured, { secretFile: join(folder, "nowhere") }, "cannot read"],
    [
      "a short secret",
      secured,
      { secretFile: file("short", "15 bytes long..") },
      /short, line 1: .*openssl rand -hex 32/,
    ],
    [
      "no secret at all",
      secured,
      { secretFile: file("empty", "\n\n") },
      /empty holds no secret: .*openssl rand -hex 32/,
    ],
    [
      "a certificate that is none",
      secured,
      { tlsCert: file("x", "x"), tlsKey: key, tlsCa: cert },
      /x holds no certificate/,
    ],
    [
      "a key that is none",
      secured,
      { tlsCert: cert, tlsKey: cert, tlsCa: cert },
      /cert holds no private key/,
    ],
    [
      "an authority that is none",
      secured,
      { tlsCert: cert, tlsKey: key, tlsCa: key },
      /key holds no certificate/,
    ],
    [
      "certificates that can't be used",
      secured,
      { tlsCert: cert, tlsKey: key, tlsCa: cert },
      /cert, .*key, .*cert: the certificates can't be used/,
    ],
  ])("%s: says what to do", (_what, urls, options, told) => {
    expect(() => credentialsFor(urls, options, {}, silent)).toThrow(told);
  });
});
