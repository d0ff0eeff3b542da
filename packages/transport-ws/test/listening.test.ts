import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Endpoint, OpenOptions } from "@chordnet/transport";
import { afterEach, describe, expect, it } from "vitest";
import type { WsOptions } from "../src/listen-ws.js";
import { ws } from "../src/ws.js";

const options: OpenOptions = {
  incarnation: 1,
  describe: () => new Uint8Array(0),
  versions: [1, 1],
  judge: () => null,
  onEvent: () => undefined,
};

const endpoints = new Set<Endpoint>();

const open = async (where?: WsOptions): Promise<Endpoint> => {
  const endpoint = await ws(where).open(options);
  endpoints.add(endpoint);
  return endpoint;
};

/** The code of the error that opening fails with. */
const failure = (where: WsOptions): Promise<unknown> =>
  open(where).then(
    ({ address }) => address,
    (error) => error.code,
  );

afterEach(async () => {
  await Promise.all([...endpoints].map((endpoint) => endpoint.close()));
  endpoints.clear();
});

describe("ws", () => {
  it("finds a free port where none is given", async () => {
    const [one, other] = [await open({ host: "127.0.0.1", port: 0 }), await open({ host: "::1", port: 0 })];
    expect(one.address).toMatch(/^ws:\/\/127\.0\.0\.1:[1-9][0-9]*$/);
    expect(other.address).toMatch(/^ws:\/\/\[::1\]:[1-9][0-9]*$/);
  });

  it("advertises what it is told to", async () => {
    const advertise = "ws://Node-1.Example.ORG:7000";
    expect((await open({ host: "0.0.0.0", port: 0, advertise })).address).toBe(
      "ws://node-1.example.org:7000",
    );
  });

  it("has its path in its address", async () => {
    expect((await open({ host: "127.0.0.1", port: 0, path: "/ring" })).address).toMatch(/:[0-9]+\/ring$/);
  });

  it("has no address without options", async () => {
    expect((await open()).address).toBeNull();
  });

  it.each([
    ["all addresses and no URL to advertise", { host: "0.0.0.0", port: 0 }, "bad-address"],
    ["all IPv6 addresses and no URL to advertise", { host: "::", port: 0 }, "bad-address"],
    ["an advertised port 0", { host: "127.0.0.1", port: 0, advertise: "ws://127.0.0.1:0" }, "bad-address"],
    ["an advertised 0.0.0.0", { host: "127.0.0.1", port: 0, advertise: "ws://0.0.0.0:1" }, "bad-address"],
    ["another scheme", { host: "127.0.0.1", port: 0, advertise: "tcp://127.0.0.1:1" }, "bad-address"],
    ["a path without slash", { host: "127.0.0.1", port: 0, path: "ring" }, "bad-address"],
    ["a port that is none", { host: "127.0.0.1", port: 65_536 }, "bad-address"],
    ["a host that is none", { host: "a b", port: 0 }, "bad-address"],
    ["a name without address", { host: "x".repeat(64), port: 0 }, "name-not-resolved"],
    ["an address of another machine", { host: "198.51.100.1", port: 0 }, "address-not-available"],
  ])("does not open with %s", async (_what, where, code) => {
    expect(await failure(where)).toBe(code);
  });

  it("says how to listen on all addresses", async () => {
    await expect(open({ host: "0.0.0.0", port: 0 })).rejects.toThrow(
      "listening on 0.0.0.0 needs the option advertise: the ws:// URL under which others reach this node",
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
      import { ws } from "@chordnet/transport-ws";
      const open = (where) => ws(where).open({
        incarnation: 1, describe: () => new Uint8Array(0), versions: [1, 1], judge: () => null, onEvent: () => undefined,
      });
      const a = await open({ host: "127.0.0.1", port: 0 });
      const b = await open({ host: "127.0.0.1", port: 0 });
      const client = await open();
      a.send(b.address, new Uint8Array(10));
      b.send(a.address, new Uint8Array(10));
      client.send(a.address, new Uint8Array(10));
      client.send("ws://localhost:1", new Uint8Array(10));
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
