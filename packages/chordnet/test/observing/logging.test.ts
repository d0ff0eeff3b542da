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
