import { ChordNetError } from "chordnet";
import { describe, expect, it } from "vitest";
import { logger, sentence } from "../../src/start/log.js";
import { screen } from "../screen.js";

describe("a log line on a terminal", () => {
  const refused = { peer: null, remote: "127.0.0.1 port 4000", code: "bad-hello", detail: "none came" };

  it.each([
    ["whom it is about and why", refused, "refused (127.0.0.1 port 4000, bad-hello, none came)"],
    ["a peer by its name", { ...refused, peer: "tcp://a:1" }, "refused (tcp://a:1, bad-hello, none came)"],
    ["how many it stands for", { code: "late", untold: 7 }, "refused (late, 7 more like it before)"],
    [
      "an error's words",
      { peer: "tcp://a:1", error: new Error("gone\nnow") },
      "refused (tcp://a:1, gone now)",
    ],
    ["an error's tag", { error: { _tag: "Truncated" } }, "refused (Truncated)"],
    ["no more where its words say all", { seed: "tcp://a:1", reason: "silent" }, "refused"],
    ["nothing that steers a terminal", { detail: "\u001b[2J" }, "refused ([2J)"],
  ])("tells %s", (_what, data, line) => expect(sentence("refused", data)).toBe(line));

  it("tells what was thrown, or nothing", () => {
    expect(sentence("a listener threw", new Error("why"))).toBe("a listener threw: why");
    expect(sentence("all is well", undefined)).toBe("all is well");
  });
});

describe("a log line for programs", () => {
  it("has the words of what the library foresees, and the place of what it does not", async () => {
    const shown = screen();
    const log = await logger(shown.terminal, "warn");
    log.warn("it left early", new ChordNetError("TIMEOUT", { what: "leave", timeoutMs: 5 }));
    log.error("a step threw", new Error("a bug"));
    await new Promise((resolve) => setImmediate(resolve));
    const [early, bug] = shown
      .stderr()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(early).toEqual({
      ...{ level: 40, time: expect.any(Number), msg: "it left early", code: "TIMEOUT" },
      reason: "leave took longer than 5 ms: give it a longer --leave-timeout-ms",
    });
    expect(bug.err.stack).toContain("log.test");
  });
});
