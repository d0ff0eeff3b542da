import { describe, expect, it } from "vitest";
import { type Told, tell } from "../../src/start/events.js";
import { screen } from "../screen.js";

const ready: Told = { event: "ready", id: "00ff", address: "tcp://127.0.0.1:7001" };

describe("an event", () => {
  it("is a JSON line, with `event` first, unless a person looks on", () => {
    const shown = screen();
    tell(shown.terminal.out, ready, false);
    expect(shown.stdout()).toBe('{"event":"ready","id":"00ff","address":"tcp://127.0.0.1:7001"}\n');
  });

  it("is JSON on a terminal where --json asks for it", () => {
    const shown = screen({ isTTY: true });
    tell(shown.terminal.out, ready, true);
    expect(JSON.parse(shown.stdout())).toEqual(ready);
  });

  it("is words on a terminal", () => {
    const shown = screen({ isTTY: true, env: { NO_COLOR: "1" } });
    const peer = { id: "01", address: "tcp://127.0.0.1:7002", host: "127.0.0.1", port: 7002 };
    tell(shown.terminal.out, ready, false);
    tell(shown.terminal.out, { event: "predecessorChanged", from: null, to: peer, node: 0 }, false);
    expect(shown.stdout()).toMatch(/^\d\d:\d\d:\d\d ready tcp:\/\/127\.0\.0\.1:7001 is a member/);
    expect(shown.stdout()).toContain("predecessorChanged nobody → tcp://127.0.0.1:7002");
  });

  it.each([
    ["00ff", "00fe", "(00ff, 00fe]"],
    ["00ff", "00ff", "the whole circle"],
  ])("tells which keys are in the range: from %s to %s", (from, to, words) => {
    const shown = screen({ isTTY: true, env: { NO_COLOR: "1" } });
    const gained = { from, to, peer: null, reason: "create", epoch: 1, node: 0 } as const;
    tell(shown.terminal.out, { event: "rangeGained", ...gained }, false);
    expect(shown.stdout()).toContain(`rangeGained ${words} from nobody (create)`);
  });

  it.each([
    [true, "handed its range over"],
    [false, "went, and nobody took its range over"],
  ])("tells whether somebody took the range: %s", (handedOver, words) => {
    const shown = screen({ isTTY: true, env: { NO_COLOR: "1" } });
    tell(shown.terminal.out, { ...ready, event: "left", handedOver }, false);
    expect(shown.stdout()).toContain(words);
  });
});
