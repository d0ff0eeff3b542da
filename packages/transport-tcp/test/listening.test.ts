import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Endpoint, OpenOptions } from "@chordnet/transport";
import { afterEach, describe, expect, it } from "vitest";
import { type TcpOptions, tcp } from "../src/tcp.js";

const options: OpenOptions = {
  incarnation: 1,
  describe: () => new Uint8Array(0),
  versions: [1, 1],
  judge: () => null,
  onEvent: () => undefined,
};

const endpoints = new Set<Endpoint>();

const open = async (where?: TcpOptions): Promise<Endpoint> => {
  const endpoint = await tcp(where).open(options);
  endpoints.add(endpoint);
  return endpoint;
};

/** The code of the error that opening fails with. */
const failure = (where: TcpOptions): Promise<unknown> =>
  open(where).then(
    ({ address }) => address,
    (error) => error.code,
  );

const ofBytes = (bytes: number): string => `tcp://${"a".repeat(bytes - "tcp://:7000".length)}:7000`;

afterEach(async () => {
  await Promise.all([...endpoints].map((endpoint) => endpoint.close()));
  endpoints.clear();
});

describe("tcp", () => {
  it("finds a free port where none is given", async () => {
    const [one, other] = [await open({ host: "127.0.0.1", port: 0 }), await open({ host: "::1", port: 0 })];
    expect(one.address).toMatch(/^tcp:\/\/127\.0\.0\.1:[1-9][0-9]*$/);
    expect(other.address).toMatch(/^tcp:\/\/\[::1\]:[1-9][0-9]*$/);
  });

  it("advertises what it is told to", async () => {
    const advertise = "tcp://Node-1.Example.ORG:7000";
    expect((await open({ host: "0.0.0.0", port: 0, advertise })).address).toBe(
      "tcp://node-1.example.org:7000",
    );
  });

  it("advertises the longest address that there is", async () => {
    expect((await open({ host: "127.0.0.1", port: 0, advertise: ofBytes(250) })).address).toBe(ofBytes(250));
  });

  it("has no address without options", async () => {
    expect((await open()).address).toBeNull();
  });

  it.each([
    ["all addresses and no URL to advertise", { host: "0.0.0.0", port: 0 }, "bad-address"],
    ["all IPv6 addresses and no URL to advertise", { host: "::", port: 0 }, "bad-address"],
    ["an advertised port 0", { host: "127.0.0.1", port: 0, advertise: "tcp://127.0.0.1:0" }, "bad-address"],
    ["an advertised 0.0.0.0", { host: "127.0.0.1", port: 0, advertise: "tcp://0.0.0.0:1" }, "bad-address"],
    ["another scheme", { host: "127.0.0.1", port: 0, advertise: "ws://127.0.0.1:1" }, "bad-address"],
    ["an advertised path", { host: "127.0.0.1", port: 0, advertise: "tcp://127.0.0.1:1/x" }, "bad-address"],
    ["an address that is too long", { host: "127.0.0.1", port: 0, advertise: ofBytes(251) }, "bad-address"],
    ["a port that is none", { host: "127.0.0.1", port: 65_536 }, "bad-address"],
    ["a host that is none", { host: "a b", port: 0 }, "bad-address"],
    ["a name without address", { host: "x".repeat(64), port: 0 }, "name-not-resolved"],
    ["an address of another machine", { host: "198.51.100.1", port: 0 }, "address-not-available"],
  ])("does not open with %s", async (_what, where, code) => {
    expect(await failure(where)).toBe(code);
  });

  it("knows itself under another name", async () => {
    const endpoint = await open({ host: "127.0.0.1", port: 0 });
    const alias = String(endpoint.address).replace("127.0.0.1", "localhost");
    expect(await endpoint.greet(alias)).toMatchObject({ left: { reason: "self" } });
  });

  it("says how to listen on all addresses", async () => {
    await expect(open({ host: "0.0.0.0", port: 0 })).rejects.toThrow(
      "listening on 0.0.0.0 needs the option advertise: the tcp:// URL under which others reach this node",
    );
  });

  it("says that a port is a number", async () => {
    const fromEnvironment = { host: "127.0.0.1", port: "7342" } as unknown as TcpOptions;
    await expect(open(fromEnvironment)).rejects.toThrow(
      'port must be an integer from 0 to 65535, not the text "7342"',
    );
  });

  it("does not open on a port in use", async () => {
    const { address } = await open({ host: "127.0.0.1", port: 0 });
    expect(await failure({ host: "127.0.0.1", port: Number(address?.split(":").at(-1)) })).toBe(
      "address-in-use",
    );
  });

  it("leaves no handle open after close, and lets the process end", async () => {
    const script = `
      import { tcp } from "@chordnet/transport-tcp";
      const open = (where) => tcp(where).open({
        incarnation: 1, describe: () => new Uint8Array(0), versions: [1, 1], judge: () => null, onEvent: () => undefined,
      });
      const a = await open({ host: "127.0.0.1", port: 0 });
      const b = await open({ host: "127.0.0.1", port: 0 });
      const client = await open();
      a.send(b.address, new Uint8Array(10));
      b.send(a.address, new Uint8Array(10));
      client.send(a.address, new Uint8Array(10));
      client.send("tcp://localhost:1", new Uint8Array(10));
      await client.greet(a.address);
      await Promise.all([a, b, client].map((endpoint) => endpoint.close()));
      // The pipes lead to this test.
      process.stdout.write(process.getActiveResourcesInfo().filter((kind) => kind !== "PipeWrap").join());
    `;
    const cwd = new URL("..", import.meta.url);
    const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      cwd,
      timeout: 4_000,
    });
    expect((await run).stdout).toBe("");
  });
});
