import { expect, it } from "vitest";
import { hoard, isHoard } from "../src/hoard.js";

it("the hoard's bytes are told from others, and from its own at another place", () => {
  const [first = new Uint8Array(0), second = new Uint8Array(0)] = hoard();
  expect(isHoard(first, 0)).toBe(true);
  expect(isHoard(second, first.length)).toBe(true);
  expect(isHoard(second, first.length + 1)).toBe(false);
  expect(
    isHoard(
      first.map((byte, i) => (i === 77 ? byte ^ 1 : byte)),
      0,
    ),
  ).toBe(false);
});
