import { connect, createServer, type Server, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it } from "vitest";
import { Inlet, takePlace, throughInlet } from "../../src/node/inlet.js";

const open = new Set<Socket | Server>();

afterEach(() => {
  for (const each of open) each instanceof Object && "destroy" in each ? each.destroy() : each.close();
  open.clear();
});

/** Both ends of a connection, the accepted one as the server gave it. */
const connection = async (): Promise<{ server: Server; accepted: Socket; dialled: Socket }> => {
  const server = createServer({ noDelay: true });
  open.add(server);
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  const dialled = connect(port, "127.0.0.1");
  open.add(dialled);
  const accepted = await new Promise<Socket>((resolve) => server.once("connection", resolve));
  return { server, accepted, dialled };
};

/** What comes through an inlet, as text. */
const texts = (inlet: Inlet): { readonly until: (whole: string) => Promise<void>; text: string } => {
  let wake: () => void = () => undefined;
  const read = {
    text: "",
    until: async (whole: string): Promise<void> => {
      while (read.text !== whole) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
  inlet.take = (chunk) => {
    read.text += new TextDecoder().decode(chunk);
    wake();
  };
  return read;
};

describe("throughInlet", () => {
  it("reads what comes, and writes, as the accepted socket would", async () => {
    const { accepted, dialled } = await connection();
    const inlet = new Inlet();
    const socket = throughInlet(accepted, inlet) ?? expect.fail("no handle");
    const read = texts(inlet);
    dialled.write("one");
    await read.until("one");
    dialled.write(" two");
    await read.until("one two");
    const answered = new Promise((resolve) => dialled.once("data", (chunk) => resolve(String(chunk))));
    socket.write("three");
    expect(await answered).toBe("three");
    expect(socket.remotePort).toBe(dialled.localPort);
  });

  it("does not read while it is paused", async () => {
    const { accepted, dialled } = await connection();
    const inlet = new Inlet();
    const socket = throughInlet(accepted, inlet) ?? expect.fail("no handle");
    const read = texts(inlet);
    socket.pause();
    await new Promise<void>((resolve) => dialled.write("later", () => resolve()));
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(read.text).toBe("");
    socket.resume();
    await read.until("later");
  });

  it("counts at its server in place of the accepted one, until it has closed", async () => {
    const { server, accepted, dialled } = await connection();
    const socket = throughInlet(accepted, new Inlet()) ?? expect.fail("no handle");
    takePlace(accepted, socket);
    let closed = false;
    const closing = new Promise<void>((resolve) =>
      server.close(() => {
        closed = true;
        resolve();
      }),
    );
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(false);
    const ended = new Promise((resolve) => socket.once("close", resolve));
    dialled.end();
    await ended;
    await closing;
  });

  it("leaves nothing of the accepted socket", async () => {
    setFlagsFromString("--expose-gc");
    const collect: () => void = runInNewContext("gc");
    const taken = async (): Promise<readonly [Socket, WeakRef<Socket>]> => {
      const { accepted } = await connection();
      const socket = throughInlet(accepted, new Inlet()) ?? expect.fail("no handle");
      takePlace(accepted, socket);
      open.add(socket);
      return [socket, new WeakRef(accepted)];
    };
    const [socket, accepted] = await taken();
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(accepted.deref()).toBeUndefined();
    expect(socket.destroyed).toBe(false);
  });

  it("leaves a socket alone that has no handle", async () => {
    const { accepted } = await connection();
    accepted.destroy();
    expect(throughInlet(accepted, new Inlet())).toBeNull();
  });
});
