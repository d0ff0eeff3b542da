import { describe, expect, it } from "vitest";
import { type Results, ringDrawing } from "../../src/demo/report.js";
import { screen } from "../screen.js";

const members = [0x20, 0x80, 0xc0].map((id, i) => ({
  letter: "ABC"[i] as string,
  address: `tcp://127.0.0.1:4000${i}`,
  id: id.toString(16).padEnd(40, "0"),
}));
const owned = new Map(members.map(({ address }) => [address, 50]));
const results = { members, owned, keys: 150, bits: 160 } as unknown as Results;

const drawn = (isTTY: boolean, columns: number): string[] =>
  ringDrawing(screen({ isTTY, columns, env: { NO_COLOR: "1" } }).terminal.out, results);

describe("the ring of the demo", () => {
  it("stands beside the shares where both fit, and above them where they do not", () => {
    const [wide, narrow] = [drawn(true, 80), drawn(true, 60)];
    expect(wide.some((line) => / {2}[abc]+ .*127\.0\.0\.1:40001/.test(line))).toBe(true);
    expect(narrow.filter((line) => line.length > 60)).toEqual([]);
    expect(narrow.slice(0, 13).filter((line) => line.includes("127.0.0.1"))).toEqual([]);
    expect(narrow.slice(13).filter((line) => line.includes("127.0.0.1"))).toHaveLength(3);
  });

  it("stands beside them where a program reads", () => {
    expect(drawn(false, 60)).toEqual(drawn(false, 80));
  });
});
