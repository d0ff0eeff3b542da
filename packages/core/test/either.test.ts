import fc from "fast-check";
import * as E from "fp-ts/lib/Either.js";
import { expect, it } from "vitest";
import { isLeft, isRight, left, right } from "../src/either.js";

it("makes what fp-ts makes, and tells apart what fp-ts tells apart", () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(left(value)).toStrictEqual(E.left(value));
      expect(right(value)).toStrictEqual(E.right(value));
      for (const either of [E.left(value), E.right(value)]) {
        expect(isLeft(either)).toBe(E.isLeft(either));
        expect(isRight(either)).toBe(E.isRight(either));
      }
    }),
  );
});
