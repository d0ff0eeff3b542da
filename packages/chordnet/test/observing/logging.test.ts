import { describe, expect, it } from "vitest";
import { ChordNet, type Logger } from "../../src/index.js";
import { eventually, failure, rings } from "../rings.js";

const made = rings();

describe("a logger", () => {
  it("that throws or rejects does not stop the node", async () => {
    let lines = 0;
    const throwing = (): never => {
      lines += 1;
      throw new Error("the disk is full");
    };
    const rejecting = async (): Promise<void> => throwing();
    const logger: Logger = { debug: rejecting, info: throwing, warn: throwing, error: throwing };
    const [a, b] = [made.node("a", { logger }), made.node("b", { logger })];
    a.on("joined", throwing);
    await a.create();
    await b.join(a.address);
    await eventually(() => a.peers().length === 1);
    expect((await b.lookup("key")).address).toMatch(/^memory/);
    expect(lines).toBeGreaterThan(2);
  });

  it("is not warned of what a node's own end interrupts", async () => {
    const told: string[] = [];
    const note =
      (level: string): Logger["warn"] =>
      (message, data) =>
        void told.push(`${level}: ${message} ${JSON.stringify(data)}`);
    const logger = { debug: note("debug"), info: () => undefined, warn: note("warn"), error: note("error") };
    const nodes = [made.node("a", { logger }), made.node("b", { logger })];
    for (const node of nodes) {
      node.onHandover({
        give: async function* () {
          if (nodes.every(({ phase }) => phase === "leaving")) await new Promise(() => undefined);
          yield new Uint8Array(1);
        },
        take: async ({ chunks }) => {
          for await (const _ of chunks);
        },
      });
    }
    await nodes[0]?.create();
    await nodes[1]?.join("memory://a");
    await Promise.all(nodes.map((node) => node.leave()));
    const wrong = /^warn|^error|given-up/;
    expect(told.filter((line) => wrong.test(line))).toEqual([]);
  });

  it("needs all four methods, a client's too", async () => {
    const transport = made.network.transport();
    const logger = {} as Logger;
    const wrong = { code: "BAD_OPTION", data: { option: "logger" } };
    expect(await failure(() => ChordNet.connect({ transport, via: "memory://a", logger }))).toMatchObject(
      wrong,
    );
    expect(await failure(() => made.node("bad", { logger }))).toMatchObject(wrong);
  });
});
