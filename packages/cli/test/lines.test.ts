import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linesOf } from "../src/lines.js";

async function read(chunks: Iterable<Uint8Array | string>, lineBytesMax = 1 << 20): Promise<string[]> {
  async function* stream(): AsyncGenerator<Uint8Array | string> {
    yield* chunks;
  }
  const lines: string[] = [];
  for await (const line of linesOf(stream(), lineBytesMax)) lines.push(line.toString("latin1"));
  return lines;
}

function* piecesOf(bytes: number, pieceBytes: number): Generator<Uint8Array> {
  const piece = new Uint8Array(pieceBytes).fill(0x78);
  for (let sent = 0; sent < bytes; sent += pieceBytes) yield piece;
}

describe("linesOf", () => {
  it("gives the same lines however they are cut", async () => {
    const lines = fc.array(fc.stringMatching(/^[a-z\r]{0,20}$/), { maxLength: 10 });
    const cuts = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(lines, cuts, async (all, lengths) => {
        const text = all.map((line) => `${line}\n`).join("");
        const chunks: string[] = [];
        for (let at = 0, i = 0; at < text.length; i++) {
          const length = 1 + (lengths[i % lengths.length] ?? 0);
          chunks.push(text.slice(at, at + length));
          at += length;
        }
        expect(await read(chunks)).toEqual(all.map((line) => line.replace(/\r$/, "")));
      }),
    );
  });

  it("reads of a chunk's memory what is the chunk's alone", async () => {
    const memory = new TextEncoder().encode("before\nline\nbehind\n");
    expect(await read([memory.subarray(7, 12)])).toEqual(["line"]);
  });

  it("refuses a line past the bound, whether it ends or not, and takes one at the bound", async () => {
    expect(await read(["12345678\n", "1234", "5678"], 8)).toEqual(["12345678", "12345678"]);
    await expect(read(["123456789\n"], 8)).rejects.toThrow("longer than 8 bytes");
    await expect(read(["1234", "56789"], 8)).rejects.toThrow("longer than 8 bytes");
  });

  // Copying all that has come with each piece would be 128 GiB.
  it("takes a line of 16 MiB that comes in pieces of 1 KiB", async () => {
    const bytes = 16 << 20;
    const [line, ...rest] = await read(piecesOf(bytes, 1024), bytes);
    expect(line?.length).toBe(bytes);
    expect(rest).toEqual([]);
  });
});
