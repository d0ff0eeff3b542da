import fc from "fast-check";
import { expect, it } from "vitest";
import { space } from "../../src/identifier.js";
import { messageLimits } from "../../src/message.js";
import { Writer } from "../../src/wire/writer.js";

const writers = 3;

/** A frame begun, bytes put into it, its end, or a value that does not fit; each by one of the writers. */
const act = fc.record({
  by: fc.nat(writers - 1),
  what: fc.oneof(
    fc.constantFrom("start" as const, "frame" as const, "unfit" as const),
    fc.uint8Array({ minLength: 1, maxLength: 9_000 }),
  ),
});

it("keeps each frame as it was written, whoever writes meanwhile, and whoever gives up", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60, size: "max" }), (acts) => {
      const each = Array.from({ length: writers }, () => new Writer(space(160), messageLimits));
      const begun: (number[] | null)[] = each.map(() => null);
      const frames: { readonly frame: Uint8Array; readonly expected: ReadonlyArray<number> }[] = [];
      for (const { by, what } of acts) {
        const writer = each[by] as Writer;
        const bytes = begun[by];
        if (what === "start") {
          writer.start();
          begun[by] = [];
        } else if (bytes === null || bytes === undefined) {
        } else if (what === "frame") {
          frames.push({ frame: writer.frame(), expected: bytes });
          begun[by] = null;
        } else if (what === "unfit") {
          expect(() => writer.rid(-1)).toThrow(RangeError);
          begun[by] = null;
        } else {
          for (const byte of what) writer.u8(byte);
          bytes.push(...what);
        }
      }
      for (const { frame, expected } of frames) expect([...frame]).toEqual(expected);
    }),
  );
});
