import { describe, expect, it } from "vitest";
import { keysOf, lineBytesMax } from "../../src/lookup/keys.js";

async function asked(
  typed: string[],
  points: string[],
  chunks: ReadonlyArray<Uint8Array | string>,
): Promise<unknown[]> {
  async function* stdin(): AsyncGenerator<Uint8Array | string> {
    yield* chunks;
  }
  const all = [];
  for await (const one of keysOf(typed, points, stdin())) all.push(one);
  return all;
}

describe("keysOf", () => {
  it("gives points, then the keys as typed, then the lines of standard input where - stands", async () => {
    expect(await asked(["a", "-", "b"], ["0f"], ["x\ny\n"])).toEqual([
      { name: null, key: { id: "0f" } },
      { name: "a", key: "a" },
      { name: "x", key: "x" },
      { name: "y", key: "y" },
      { name: "b", key: "b" },
    ]);
  });

  it("leaves standard input alone where nobody asks for it", async () => {
    expect(await asked(["a"], [], ["x\n"])).toHaveLength(1);
  });

  it("takes each line whole: cut anywhere, ended by CRLF, empty, or last and unended", async () => {
    expect(await asked(["-"], [], ["on", "e\r\n", "\nthree"])).toEqual([
      { name: "one", key: "one" },
      { name: "", key: "" },
      { name: "three", key: "three" },
    ]);
  });

  it("takes what is not UTF-8 as bytes", async () => {
    const [only] = await asked(["-"], [], [Uint8Array.of(0x66, 0xff, 0x0a)]);
    expect(only).toEqual({ name: "f\ufffd", key: Uint8Array.of(0x66, 0xff) });
  });

  it("refuses a line that never ends", async () => {
    await expect(asked(["-"], [], ["x".repeat(lineBytesMax + 1)])).rejects.toThrow("longer than");
    expect(await asked(["-"], [], [`${"x".repeat(lineBytesMax - 1)}\n`])).toHaveLength(1);
  });
});
